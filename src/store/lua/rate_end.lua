-- A request has ended: its place is free, and its tokens came to so many more, or less.
-- ARGV: request, difference, tokens per minute ('0' when not limited).
redis.call('ZREM', KEYS[2], ARGV[1])
local difference, per_minute = number(ARGV[2]), number(ARGV[3])
if difference ~= 0 and per_minute > 0 then
    keep('tokens', per_minute, backlog('tokens', per_minute) + difference * MINUTE / per_minute)
end
return 'ok'
