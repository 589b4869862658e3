-- Charges attempts. Idempotent by attempt: the first settlement counts. One that was charged with its estimate, because its replica was taken
-- for dead, is corrected. What was never opened is charged when it comes with its budgets, and else remembered as ended, so that an opening
-- that is still on its way reserves nothing.
-- ARGV: for each attempt: its name, cost, how it was opened ('asked', 'late', or 'slice'), estimate, number of budgets (those of an attempt
-- that was asked for are on record), then for each budget: name, end of the window (ms).
-- Answers the states of the budgets that it changed.
local DONE_MS = '3600000' -- a repeated settlement comes within minutes
local LATE_MS = '86400000' -- one that brings its own opening could be charged again: within a day it is not
local changed, order = {}, {}

local function note(budget)
    if not changed[budget] then
        changed[budget] = true
        order[#order + 1] = budget
    end
end

local i = 5
while i <= #ARGV do
    local attempt, cost, opened, estimate, count = ARGV[i], number(ARGV[i + 1]), ARGV[i + 2], number(ARGV[i + 3]), number(ARGV[i + 4])
    local first = i + 5
    i = first + 2 * count
    local done = redis.call('GET', done_key(attempt))
    local open = not done and redis.call('HGET', KEYS[3], attempt)
    if done and string.sub(done, 1, 5) == 'gone\n' then
        local gone = read_open(string.sub(done, 6))
        local whose = string.match(done, '\n@([^\n]*)$')
        for _, budget in ipairs(gone.budgets) do
            charge(budget.name, 'gone:' .. whose, -gone.estimate)
            charge(budget.name, record, cost)
            note(budget.name)
        end
        redis.call('SET', done_key(attempt), 'settled', 'PX', LATE_MS)
    elseif open then
        local known = read_open(open)
        for _, budget in ipairs(known.budgets) do
            add_reserved(budget.name, -known.estimate)
            charge(budget.name, record, cost)
            keep(budget.name, budget.window_end)
            note(budget.name)
        end
        redis.call('HDEL', KEYS[3], attempt)
        redis.call('SET', done_key(attempt), 'settled', 'PX', DONE_MS)
    elseif not done then
        if opened ~= 'asked' then
            for j = first, i - 1, 2 do
                charge(ARGV[j], record, cost)
                keep(ARGV[j], ARGV[j + 1])
                if opened == 'slice' then
                    take_from_slice(ARGV[j], estimate)
                end
                note(ARGV[j])
            end
        end
        redis.call('SET', done_key(attempt), 'settled', 'PX', opened == 'asked' and DONE_MS or LATE_MS)
    end
end

local answer = {'ok'}
for _, budget in ipairs(order) do
    answer[#answer + 1] = state_of(budget)
end
return answer
