-- What the scripts of shared rate limits begin with.
-- KEYS: the meters and the places of one scope, in one cluster slot.
--
-- A meter is the theoretical arrival time of the generic cell rate algorithm (ITU-T I.371, Annex A), as `base/rate_meter.hpp` explains, and
-- the limit that it was kept for. One that is not there is unused. Times are microseconds since 2020 by the server's clock: of numbers no
-- larger than these, doubles tell hundredths apart.
local MINUTE = 60000000
local DEBT_MOST = 86400000000
-- What sums of fractions may be off by.
local NOTHING = 0.5

local clock = redis.call('TIME')
local now = (clock[1] - 1577836800) * 1000000 + clock[2]

local function number(text)
    return tonumber(text or '0') or 0
end

-- Without "-0", "1e+15" and fractions.
local function digits(value)
    return string.format('%.0f', math.max(value, 0))
end

-- How much must flow off, in time at the pace of the limit. What was taken under another limit counts as that much.
local function backlog(meter, per_minute)
    local fields = redis.call('HMGET', KEYS[1], meter, meter .. '_limit')
    local ahead = math.max(number(fields[1]) - now, 0)
    local before = number(fields[2])
    if before > 0 and before ~= per_minute then
        ahead = ahead * before / per_minute
    end
    return math.min(ahead, DEBT_MOST)
end

local function keep(meter, per_minute, ahead)
    ahead = math.min(math.max(ahead, 0), DEBT_MOST)
    redis.call('HSET', KEYS[1], meter, string.format('%.3f', now + ahead), meter .. '_limit', digits(per_minute))
    -- Once nothing must flow off any more, it is as if it had never been.
    local milliseconds = math.ceil(ahead / 1000) + 1000
    if redis.call('PTTL', KEYS[1]) < milliseconds then
        redis.call('PEXPIRE', KEYS[1], digits(milliseconds))
    end
end
