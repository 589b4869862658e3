-- Takes one request, its tokens and a place, if every limit has room, else nothing.
-- ARGV: request, its tokens, then for requests and for tokens: per minute, burst (both '0' when not limited), then the places ('0' when not
-- limited), how long a place is kept (ms), and how long who finds none is to wait (us).
-- Answers the verdict ('granted' or the limit that has room last), the wait (us), and of requests and of tokens: what passes now and the time
-- to the whole burst (us).
local request, tokens, places, lease, place_wait = ARGV[1], number(ARGV[2]), number(ARGV[7]), number(ARGV[8]), number(ARGV[9])
local meters = {{name = 'requests', per_minute = number(ARGV[3]), burst = number(ARGV[4]), amount = 1},
                {name = 'tokens', per_minute = number(ARGV[5]), burst = number(ARGV[6]), amount = tokens}}

local verdict, wait = 'granted', 0
if places > 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', digits(now / 1000))
    if redis.call('ZCARD', KEYS[2]) >= places then
        verdict, wait = 'concurrent', place_wait
    end
end
for _, meter in ipairs(meters) do
    if meter.per_minute > 0 then
        meter.ahead = backlog(meter.name, meter.per_minute)
        meter.tolerance = meter.burst * MINUTE / meter.per_minute
        local until_it_passes = meter.ahead + meter.amount * MINUTE / meter.per_minute - meter.tolerance
        if until_it_passes > NOTHING and until_it_passes > wait then
            verdict, wait = meter.name, until_it_passes
        end
    end
end

if verdict == 'granted' then
    if places > 0 then
        redis.call('ZADD', KEYS[2], digits(now / 1000 + lease), request)
        redis.call('PEXPIRE', KEYS[2], digits(lease + 1000))
    end
    for _, meter in ipairs(meters) do
        if meter.per_minute > 0 then
            meter.ahead = meter.ahead + meter.amount * MINUTE / meter.per_minute
            keep(meter.name, meter.per_minute, meter.ahead)
        end
    end
end

local answer = {verdict, digits(math.ceil(wait))}
for _, meter in ipairs(meters) do
    if meter.per_minute > 0 then
        local room = (meter.tolerance - meter.ahead + NOTHING) * meter.per_minute / MINUTE
        answer[#answer + 1] = digits(math.min(math.floor(room), meter.burst))
        answer[#answer + 1] = digits(math.ceil(meter.ahead))
    else
        answer[#answer + 1] = '0'
        answer[#answer + 1] = '0'
    end
end
return answer
