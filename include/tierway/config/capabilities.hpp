#pragma once

#include <cstdint>

#include "tierway/base/effort.hpp"

namespace tierway::config {

/// What a model can do. `Unknown` is let through: the provider will say.
enum class Support : std::uint8_t { No, Yes, Unknown };

/// What a model is asked for: answers, or the vectors of texts.
enum class ModelKind : std::uint8_t { Chat, Embedding };

/// How a model is told to think.
enum class Thinking : std::uint8_t {
    Effort,  ///< By a word: "low", "high".
    Budget,  ///< By a number of tokens.
    None,    ///< Not at all: it does not, or does as it likes.
};

/// What a provider serves of a model through Chat Completions (WIRE.md section 1.2).
enum class ChatSupport : std::uint8_t {
    Full,
    ToolsWithoutThinking,  ///< Tools only with a `reasoning_effort` of "none".
    NoTools,
    None,  ///< Nothing: the model is there for Responses alone.
};

struct Capabilities {
    Support vision = Support::Unknown;
    Support audio = Support::No;
    Support tools = Support::Unknown;
    Support json_schema = Support::Unknown;
    bool logprobs = false;  ///< Whether we may ask for them; the catalogue does not know, so it must be configured.
    /// Whether the model goes on from an assistant message at the end of the request, instead of answering anew. The wire format
    /// of OpenAI has no way to say so, so the catalogue never does: it must be configured.
    bool prefill = false;
    bool sampling = true;  ///< Whether it takes `temperature` and its like; many that think refuse them.
    Thinking thinking = Thinking::Effort;
    Efforts efforts;  ///< The words it takes; empty: not known.
    ChatSupport chat = ChatSupport::Full;
    bool several_choices = true;  ///< Takes `n` above 1.

    friend bool operator==(const Capabilities&, const Capabilities&) noexcept = default;
};

}  // namespace tierway::config
