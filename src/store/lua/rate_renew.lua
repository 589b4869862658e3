-- Requests that are still under way keep their places. One whose place was lost meanwhile does not get it back: another may have it.
-- KEYS: meters (not used) and places. ARGV: how long a place is kept (ms), then the requests.
local ends = digits(now / 1000 + number(ARGV[1]))
for i = 2, #ARGV do
    redis.call('ZADD', KEYS[2], 'XX', ends, ARGV[i])
end
redis.call('PEXPIRE', KEYS[2], digits(number(ARGV[1]) + 1000))
return 'ok'
