-- Begins a new epoch when the server has none, or is not the one that the last epoch began with, so that its data may be others. Every other
-- script is refused by a server of another epoch than it names.
-- KEYS: epoch. ARGV: a name for a new epoch, the server's identity.
-- Answers the epoch and its age (ms).
local fields = redis.call('HMGET', KEYS[1], 'id', 'server', 'begun')
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local id, begun = fields[1], tonumber(fields[3] or '0') or 0
if not id or fields[2] ~= ARGV[2] then
    id, begun = ARGV[1], now
    redis.call('HSET', KEYS[1], 'id', id, 'server', ARGV[2], 'begun', string.format('%.0f', now))
end
return {id, string.format('%.0f', math.max(now - begun, 0))}
