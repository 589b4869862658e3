#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "simulator/answer.hpp"

namespace tierway::simulator {

/// What is the same in the whole answer or in every chunk of a stream.
struct ReplyHead {
    std::string id;  ///< "chatcmpl-sim-…".
    std::string model;
    std::int64_t created = 0;  ///< Seconds since 1970.
    std::string service_tier = "default";
};

/// How much of log-probabilities and usage the request asked for.
struct ReplyDetail {
    bool logprobs = false;
    unsigned top_logprobs = 0;
    bool null_usage = false;  ///< Chunks carry `usage: null`, because the last one will carry the usage.
};

/// A `chat.completion` (WIRE.md section 1.3). \param usage null: without one. \param finished false: finish reasons stay null.
std::string whole_reply(const ReplyHead& head, std::span<const Answer> answers, const ReplyDetail& detail, const Usage* usage,
                        bool finished);

// The `chat.completion.chunk`s of a stream, in the order of WIRE.md section 1.4.
std::string role_chunk(const ReplyHead& head, const Answer& answer, std::size_t choice, const ReplyDetail& detail);
/// Begins a tool call: its id and name.
std::string call_chunk(const ReplyHead& head, const Answer& answer, std::size_t choice, const ReplyDetail& detail);
/// One token of the text, the refusal or the arguments.
std::string token_chunk(const ReplyHead& head, const Answer& answer, std::size_t choice, std::size_t token,
                        const ReplyDetail& detail);
std::string finish_chunk(const ReplyHead& head, const Answer& answer, std::size_t choice, const ReplyDetail& detail);
std::string usage_chunk(const ReplyHead& head, const Usage& usage);

}  // namespace tierway::simulator
