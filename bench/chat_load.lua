-- Load for wrk: POST /v1/chat/completions with realistic bodies, built once at the start of each thread.
--
--   wrk … -s chat_load.lua URL -- BYTES whole|stream|paced
--
-- Sixteen bodies of exactly BYTES bytes take turns: a system prompt, earlier turns, the newest ask. Top-level fields come in another
-- order each time. In every other body the bulk is a document inside the newest ask, in the rest it is the earlier turns. The asks
-- meet different classifier rules, or none. The seed is fixed: every proxy gets the same bytes.
-- Closes with one line for the script that started it:  wrk REQUESTS SECONDS P50_US P99_US BYTES ERRORS

local VARIANTS = 16

local asks = {
    "Please extract every invoice number, the date and the total from the text and list them as a table.",
    "Summarize what was agreed, in three key points, for somebody who was not there.",
    "Why does this Python function fail when the list is empty, and how would you refactor it?",
    "How many pallets fit if each weighs 412 kg and the limit is 7.5 t? Solve it step by step.",
    "Hello, my parcel has not come yet and the neighbours know nothing about it either. What now?",
    "Write a friendly answer to this customer, not longer than five sentences.",
    "What is the difference between the two offers, and which one would you take in my place?",
    "Translate the message above into French and keep the names as they are.",
}

local words = {}
for word in ([[the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which
one you were all her she there would their we him been has when who will no more if out so up said what its about than into them
can only other time new some could these two may first then do any like my now over such our man me even most made after also did
many off before must well back through years where much your way down should because long each just state those people too mister
good world make still see own work men day get here old life both between being under never know same last another while us might
great year shipment warehouse contract délai Straße invoice 42 1,250.00]]):gmatch("%S+") do
    words[#words + 1] = word
end

-- Text as it stands inside a JSON string, of exactly `bytes` bytes: escapes and non-ASCII letters as often as in real prompts.
local function text(bytes)
    local pieces, length, count = {}, 0, 0
    while true do
        local piece = words[math.random(#words)]
        count = count + 1
        if count % 97 == 0 then
            piece = piece .. ".\\n\\n"
        elseif count % 31 == 0 then
            piece = '\\"' .. piece .. '\\", '
        elseif count % 13 == 0 then
            piece = piece .. ". "
        else
            piece = piece .. " "
        end
        if length + #piece > bytes then
            break
        end
        pieces[#pieces + 1] = piece
        length = length + #piece
    end
    return table.concat(pieces) .. string.rep(".", bytes - length)
end

local function message(role, content)
    return '{"role":"' .. role .. '","content":"' .. content .. '"}'
end

-- The messages array; `bulk` bytes of text go where the variant wants them.
local function messages(variant, bulk)
    local list = { message("system", "You are the assistant of a parcel service. Be brief, be exact, and do not invent anything.") }
    local ask = asks[(variant - 1) % #asks + 1]
    if variant % 2 == 0 then
        list[#list + 1] = message("user", ask .. "\\n\\n" .. text(bulk))
    else
        local turns = math.max(2, math.min(40, 2 * math.floor(bulk / 8192)))
        for turn = 1, turns do
            local share = math.floor(bulk / turns) + (turn <= bulk % turns and 1 or 0)
            list[#list + 1] = message(turn % 2 == 1 and "user" or "assistant", text(share))
        end
        list[#list + 1] = message("user", ask)
    end
    return "[" .. table.concat(list, ",") .. "]"
end

local function body(variant, bytes, mode)
    local fields = {
        '"model":"auto"',
        '"temperature":0.7',
        '"top_p":1',
        '"max_tokens":512',
        '"user":"' .. (mode == "paced" and "paced" or "customer-4711") .. '"',
    }
    if mode ~= "whole" then
        fields[#fields + 1] = '"stream":true'
        if variant % 4 < 2 then
            fields[#fields + 1] = '"stream_options":{"include_usage":true}'
        end
    end
    fields[#fields + 1] = "" -- the messages
    for i = #fields, 2, -1 do
        local j = math.random(i)
        fields[i], fields[j] = fields[j], fields[i]
    end
    local function assemble(bulk)
        local whole = {}
        for i, field in ipairs(fields) do
            whole[i] = field ~= "" and field or '"messages":' .. messages(variant, bulk)
        end
        return "{" .. table.concat(whole, ",") .. "}"
    end
    -- Turns depend on the bulk, so the envelope's size does too: two more passes settle it.
    local bulk = bytes - 512
    for _ = 1, 3 do
        bulk = bulk + bytes - #assemble(bulk)
    end
    local result = assemble(bulk)
    assert(#result == bytes, "a body of " .. #result .. " bytes instead of " .. bytes)
    return result
end

local requests = {}
local turn = 0

function init(args)
    local bytes, mode = tonumber(args[1]), args[2]
    math.randomseed(4711)
    local headers = {
        ["Content-Type"] = "application/json",
        ["Accept"] = "application/json",
        ["Authorization"] = "Bearer tw-benchmark",
        ["User-Agent"] = "OpenAI/Python 2.0.0",
        ["X-Stainless-Lang"] = "python",
        ["X-Stainless-Retry-Count"] = "0",
    }
    for variant = 1, VARIANTS do
        requests[variant] = wrk.format("POST", nil, headers, body(variant, bytes, mode))
    end
end

function request()
    turn = turn % VARIANTS + 1
    return requests[turn]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("wrk %d %.3f %d %d %d %d\n", summary.requests, summary.duration / 1e6, latency:percentile(50),
        latency:percentile(99), summary.bytes, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
