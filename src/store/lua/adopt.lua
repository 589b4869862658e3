-- Enters attempts that were granted without this server: from a slice while it was away, or by the one whose data is lost. There is no asking
-- for room: they are under way. Idempotent by attempt.
-- ARGV: for each attempt: its name, estimate, '1' when it was paid from the slices, number of budgets, then for each budget: name, end of the
-- window (ms).
-- Answers the states of the budgets that it changed.
local changed, answer = {}, {'ok'}
local i = 5
while i <= #ARGV do
    local attempt, estimate, from_slice, count = ARGV[i], number(ARGV[i + 1]), ARGV[i + 2] == '1', number(ARGV[i + 3])
    i = i + 4
    local budgets = {}
    for j = i, i + 2 * count - 1 do
        budgets[#budgets + 1] = ARGV[j]
    end
    i = i + 2 * count
    if redis.call('EXISTS', done_key(attempt)) == 0 and redis.call('HEXISTS', KEYS[3], attempt) == 0 then
        for j = 1, #budgets, 2 do
            add_reserved(budgets[j], estimate)
            keep(budgets[j], budgets[j + 1])
            changed[budgets[j]] = true
            if from_slice then
                take_from_slice(budgets[j], estimate)
            end
        end
        redis.call('HSET', KEYS[3], attempt, open_text(estimate, budgets))
    end
end
for budget in pairs(changed) do
    answer[#answer + 1] = state_of(budget)
end
return answer
