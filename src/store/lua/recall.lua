-- Enters what replicas remember of budgets when the server has lost its data, and tells what each record charged, so that others can remember
-- it. What a record charged only grows: of two memories the larger is right, and stating one again changes nothing.
-- ARGV: for each budget: name, end of the window (ms), number of shares, then for each share: record, amount. With no share it only tells.
-- Answers for each budget its state, followed by its shares.
local answer = {'ok'}
local i = 5
while i <= #ARGV do
    local budget, window_end, count = ARGV[i], ARGV[i + 1], number(ARGV[i + 2])
    local key = budget_key(budget)
    i = i + 3
    for j = i, i + 2 * count - 1, 2 do
        local missing = number(ARGV[j + 1]) - number(redis.call('HGET', key, 'o:' .. ARGV[j]))
        if missing > 0 then
            charge(budget, ARGV[j], missing)
            keep(budget, window_end)
        end
    end
    i = i + 2 * count
    local state = state_of(budget)
    local fields = redis.call('HGETALL', key)
    for j = 1, #fields, 2 do
        if string.sub(fields[j], 1, 2) == 'o:' then
            state[#state + 1] = string.sub(fields[j], 3)
            state[#state + 1] = fields[j + 1]
        end
    end
    answer[#answer + 1] = state
end
return answer
