-- Says that the replica lives, and settles attempts of replicas that do not: at their estimates, because unknown usage is not free. Their slices
-- go back.
-- ARGV: lease (ms), how many attempts to settle at most.
-- Answers whether what it holds is still there, the age of the epoch (ms), and how many attempts were settled.
local lease_ms, most = number(ARGV[5]), number(ARGV[6])

local function settle_gone(instance, count)
    local open_key, slices_key = prefix .. 'open:' .. instance, prefix .. 'slices:' .. instance
    local settled = 0
    local found = redis.call('HSCAN', open_key, '0', 'COUNT', digits(count))[2]
    for i = 1, math.min(#found, 2 * count), 2 do
        local attempt = read_open(found[i + 1])
        for _, budget in ipairs(attempt.budgets) do
            add_reserved(budget.name, -attempt.estimate)
            charge(budget.name, 'gone:' .. instance, attempt.estimate)
            keep(budget.name, budget.window_end)
        end
        redis.call('SET', done_key(found[i]), 'gone\n' .. found[i + 1] .. '\n@' .. instance, 'PX', '86400000')
        redis.call('HDEL', open_key, found[i])
        settled = settled + 1
    end
    if redis.call('HLEN', open_key) == 0 then
        local slices = redis.call('HGETALL', slices_key)
        for i = 1, #slices, 2 do
            local key = budget_key(slices[i])
            if string.sub(slices[i], 1, 1) ~= '#' and redis.call('EXISTS', key) == 1 then
                redis.call('HSET', key, 'sliced', digits(math.max(number(redis.call('HGET', key, 'sliced')) - number(slices[i + 1]), 0)))
                redis.call('HINCRBY', key, 'v', 1)
            end
        end
        redis.call('DEL', slices_key)
        redis.call('ZREM', KEYS[2], instance)
    end
    return settled
end

-- The mark goes with everything else when another replica settles this one.
local intact = redis.call('HGET', KEYS[4], '#epoch') == epoch and '1' or '0'
if lease_ms > 0 then
    redis.call('ZADD', KEYS[2], digits(now + lease_ms), me)
    redis.call('HSET', KEYS[4], '#epoch', epoch)
    redis.call('PEXPIRE', KEYS[3], digits(KEPT_MS))
    redis.call('PEXPIRE', KEYS[4], digits(KEPT_MS))
else
    -- It leaves: what it still has open is settled by itself, at once.
    redis.call('ZADD', KEYS[2], '0', me)
end
local settled = 0
for _, instance in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '0', digits(now), 'LIMIT', '0', '16')) do
    if settled < most then
        settled = settled + settle_gone(instance, most - settled)
    end
end
return {'ok', intact, digits(now - number(redis.call('HGET', KEYS[1], 'begun'))), digits(settled)}
