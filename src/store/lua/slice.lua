-- Holds back money for the time when this server cannot be asked.
-- ARGV: the turn of this command (an older one that comes late changes nothing), '1' when what is wanted was held already (by the server whose
-- data is lost), then for each budget: name, limit, amount wanted, end of the window (ms).
-- Answers the states of the budgets, with the slices that they have now.
local turn, held_already = number(ARGV[5]), ARGV[6] == '1'
if turn <= number(redis.call('HGET', KEYS[4], '#turn')) then
    return {'old'}
end
redis.call('HSET', KEYS[4], '#turn', digits(turn))
local answer = {'ok'}
for i = 7, #ARGV, 4 do
    local budget, limit, wanted, window_end = ARGV[i], number(ARGV[i + 1]), number(ARGV[i + 2]), ARGV[i + 3]
    local state = read(budget)
    local mine = slice_of(budget)
    local room = limit - state.settled - state.reserved - state.sliced
    if not held_already then
        wanted = math.min(wanted, mine + math.max(room, 0))
    end
    if wanted ~= mine then
        set_slice(budget, mine, wanted)
        keep(budget, window_end)
    end
    answer[#answer + 1] = state_of(budget)
end
return answer
