-- Forgets what the replica has open and holds, once in each epoch, before it states that anew: an older copy of the data may hold attempts that
-- ended since. What they cost is stated with what the record charged.
if redis.call('HGET', KEYS[4], '#epoch') ~= epoch then
    local open = redis.call('HVALS', KEYS[3])
    for _, text in ipairs(open) do
        local attempt = read_open(text)
        for _, budget in ipairs(attempt.budgets) do
            add_reserved(budget.name, -attempt.estimate)
            keep(budget.name, budget.window_end)
        end
    end
    local slices = redis.call('HGETALL', KEYS[4])
    for i = 1, #slices, 2 do
        if string.sub(slices[i], 1, 1) ~= '#' then
            set_slice(slices[i], number(slices[i + 1]), 0)
        end
    end
    redis.call('DEL', KEYS[3], KEYS[4])
    redis.call('HSET', KEYS[4], '#epoch', epoch)
end
return {'ok'}
