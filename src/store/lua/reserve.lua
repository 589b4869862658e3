-- Reserves an attempt in all its budgets or in none. Idempotent by attempt.
-- ARGV: attempt, estimate, age of the epoch from which on it may be trusted (ms), what of its own slices may be used ('1' or '0'), then for
-- each budget: name, limit, '1' when hard, end of the window (ms), '1' when it was among those before.
-- Answers the verdict, the position of the budget that refused, and the state of each budget.
local attempt, estimate, trusted_ms, uses_slices = ARGV[5], number(ARGV[6]), number(ARGV[7]), ARGV[8] == '1'
if now - number(redis.call('HGET', KEYS[1], 'begun')) < trusted_ms then
    return {'rebuilding'}
end

local on_record = 'none'
if redis.call('EXISTS', done_key(attempt)) == 1 then
    on_record = 'done'
elseif redis.call('HEXISTS', KEYS[3], attempt) == 1 then
    on_record = 'open'
end

local refused_by = -1
local budgets, limits = {}, {}
for i = 9, #ARGV, 5 do
    local budget, limit, hard, window_end, repeated = ARGV[i], number(ARGV[i + 1]), ARGV[i + 2] == '1', ARGV[i + 3], ARGV[i + 4] == '1'
    local state = read(budget)
    local held_back = state.sliced
    if uses_slices then
        held_back = held_back - slice_of(budget)
    end
    local left = limit - state.settled - state.reserved - held_back
    if on_record == 'none' and hard and estimate > 0 and left < estimate and refused_by < 0 then
        refused_by = (i - 9) / 5
    end
    if not repeated then
        budgets[#budgets + 1] = budget
        budgets[#budgets + 1] = window_end
        limits[#limits + 1] = hard and limit or MOST
    end
end

local verdict = on_record
if on_record == 'none' then
    verdict = refused_by < 0 and 'granted' or 'over'
end
if verdict == 'granted' then
    for i = 1, #budgets, 2 do
        local budget = budgets[i]
        add_reserved(budget, estimate)
        keep(budget, budgets[i + 1])
        local state = read(budget)
        local over = state.settled + state.reserved + state.sliced - limits[(i + 1) / 2]
        if uses_slices and over > 0 then
            take_from_slice(budget, over)
        end
    end
    redis.call('HSET', KEYS[3], attempt, open_text(estimate, budgets))
end

local answer = {verdict, digits(refused_by)}
for i = 9, #ARGV, 5 do
    answer[#answer + 1] = state_of(ARGV[i])
end
return answer
