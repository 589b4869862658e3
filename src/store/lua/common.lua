-- What every script of the ledger begins with.
-- KEYS: epoch, replicas, and the open attempts and slices of the replica that asks; all in one cluster slot, as are the keys made below.
-- ARGV: prefix of all keys, epoch, instance (one run of one replica), record (whose spending it is; outlives the run), then the script's own.
--
-- A budget's window is a hash: settled, reserved (by attempts), sliced (held back for replicas while they cannot ask), v (counts changes), and
-- for each record `o:<record>` what it charged; settled is their sum. Amounts are whole nano-dollars in decimal digits. Numbers here are
-- doubles, exact up to MOST: sums stop there.
local MOST = 9007199254740991
local KEPT_MS = 3456000000 -- 40 days after a window's end, whatever the clocks of replicas say
local prefix, epoch, me, record = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

if redis.call('HGET', KEYS[1], 'id') ~= epoch then
    return {'epoch'}
end

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- Without "-0" and "1e+15".
local function digits(number)
    if number == 0 then
        return '0'
    end
    return string.format('%.0f', math.min(number, MOST))
end

local function number(text)
    return tonumber(text or '0') or 0
end

local function budget_key(budget)
    return prefix .. 'budget:' .. budget
end

local function read(budget)
    local fields = redis.call('HMGET', budget_key(budget), 'settled', 'reserved', 'sliced', 'v', 'o:' .. record)
    return {settled = number(fields[1]), reserved = number(fields[2]), sliced = number(fields[3]), version = number(fields[4]),
            own = number(fields[5])}
end

local function slice_of(budget)
    return number(redis.call('HGET', KEYS[4], budget))
end

-- Of a window that is new, how long it is kept; each write of one that is not there would make it live for ever.
local function keep(budget, window_end)
    if redis.call('PTTL', budget_key(budget)) < 0 then
        redis.call('PEXPIRE', budget_key(budget), digits(math.max(number(window_end) - now, 0) + KEPT_MS))
    end
end

local function add_reserved(budget, amount)
    local key = budget_key(budget)
    local reserved = number(redis.call('HGET', key, 'reserved'))
    redis.call('HSET', key, 'reserved', digits(math.max(reserved + amount, 0)))
    redis.call('HINCRBY', key, 'v', 1)
end

local function charge(budget, whose, amount)
    local key = budget_key(budget)
    local fields = redis.call('HMGET', key, 'settled', 'o:' .. whose)
    redis.call('HSET', key, 'settled', digits(math.max(number(fields[1]) + amount, 0)), 'o:' .. whose,
               digits(math.max(number(fields[2]) + amount, 0)))
    redis.call('HINCRBY', key, 'v', 1)
end

local function set_slice(budget, mine, wanted)
    local key = budget_key(budget)
    local sliced = number(redis.call('HGET', key, 'sliced'))
    redis.call('HSET', key, 'sliced', digits(math.max(sliced - mine + wanted, 0)))
    redis.call('HINCRBY', key, 'v', 1)
    if wanted > 0 then
        redis.call('HSET', KEYS[4], budget, digits(wanted))
    else
        redis.call('HDEL', KEYS[4], budget)
    end
end

local function take_from_slice(budget, amount)
    local mine = slice_of(budget)
    if mine > 0 then
        set_slice(budget, mine, math.max(mine - amount, 0))
    end
end

-- An open attempt's text: its estimate and its budgets, one a line, each followed by the end of its window.
local function open_text(estimate, budgets)
    return digits(estimate) .. '\n' .. table.concat(budgets, '\n')
end

local function read_open(text)
    local lines = {}
    for line in string.gmatch(text, '[^\n]+') do
        lines[#lines + 1] = line
    end
    local attempt = {estimate = number(lines[1]), budgets = {}}
    for i = 2, #lines, 2 do
        attempt.budgets[#attempt.budgets + 1] = {name = lines[i], window_end = lines[i + 1]}
    end
    return attempt
end

local function done_key(attempt)
    return prefix .. 'done:' .. attempt
end

-- What a caller learns of a budget.
local function state_of(budget)
    local state = read(budget)
    local mine = slice_of(budget)
    return {budget, digits(state.settled), digits(state.reserved), digits(state.sliced - mine), digits(mine), digits(state.own),
            digits(state.version)}
end
