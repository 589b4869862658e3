#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/effort.hpp"
#include "tierway/base/error.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

enum class Role : std::uint8_t { System, User, Assistant, Tool };

/// What the messages of a request hold that not every provider takes, so that most bodies need no second look.
struct ChatHistory {
    bool has_developer = false;   ///< A message of role "developer".
    bool has_names = false;       ///< A member `name` in some message.
    bool has_reasoning = false;   ///< `reasoning_content`, `reasoning_details` or `reasoning` in some message.
    bool has_tool_calls = false;  ///< Calls of tools or their results.
};

/// A whole chat request as a view: the fields the gateway acts on, checked, and handles into the body for everything else.
/// Valid while the parser that indexed the body, and the body's bytes, stay as they are.
struct ChatRequest {
    wire::JsonValue body;      ///< The root object.
    wire::JsonValue model;     ///< Present and a string.
    wire::JsonValue messages;  ///< A non-empty array of objects with a known role.
    std::string model_name;    ///< `model` unescaped.

    bool stream = false;
    bool include_usage = false;  ///< The client asked for the usage chunk (`stream_options.include_usage`).
    bool logprobs = false;       ///< The client asked for log-probabilities.
    std::int64_t choices = 1;    ///< `n`.
    /// `max_completion_tokens` or `max_tokens`; of both the larger one, because providers differ in which they obey.
    std::optional<std::int64_t> output_tokens_max;
    std::string_view output_tokens_field = "max_completion_tokens";  ///< Which of them it is.
    std::optional<Effort> effort;  ///< `reasoning_effort`; empty: not stated, or in a word of some vendor's own.
    std::string service_tier;      ///< The provider's lane that is asked for; empty: not stated.

    /// The member that no other dialect can express and that must not be dropped silently; empty: there is none (static storage).
    std::string_view only_native;

    bool has_image = false;
    bool has_audio = false;
    bool has_file = false;
    bool has_tools = false;
    bool wants_json_object = false;  ///< `response_format.type` is `json_object`.
    wire::JsonValue json_schema;     ///< The schema of `response_format`, or missing.
    wire::JsonValue tools;           ///< The `tools` array, or missing.
    std::int64_t images = 0;         ///< Number of image parts.
    std::int64_t tools_offered = 0;  ///< Entries of `tools` and `functions`.
    bool last_turn_is_tool_result = false;
    std::int64_t turns = 0;  ///< Messages of role user.
    ChatHistory history;

    /// Bytes of text in all messages, tools and schema: what the prompt-size estimate is made from. Image and audio data do not
    /// count.
    std::size_t prompt_text_bytes = 0;

    /// Bytes of sound and of files in the body, as they are encoded there: what bounds the tokens that they may become.
    std::size_t audio_bytes = 0;
    std::size_t file_bytes = 0;

    [[nodiscard]] bool wants_json_schema() const noexcept { return json_schema.exists(); }
};

/// Bounds on what a request may ask for (RELIABILITY.md section 7, "denial of wallet").
struct ChatRequestLimits {
    std::int64_t choices_max = 128;              ///< The OpenAI API's own bound on `n`.
    std::int64_t output_tokens_max = 1'000'000;  ///< Beyond what any model can answer.
    std::size_t messages_max = 10'000;
    std::size_t tools_max = 512;
};

/// Reads an OpenAI Chat Completions request body (WIRE.md section 1.1). Unknown fields are left alone: they pass through.
/// Fields by which a client could redirect the gateway's own call (`api_base`, `base_url`, `api_key`, `extra_headers` …) are
/// refused. Errors: InvalidRequest with the envelope's `param` set and a code of the OpenAI API (missing_required_parameter,
/// invalid_type, invalid_value, unsupported_parameter).
Result<ChatRequest> read_chat_request(const wire::JsonValue& body, const ChatRequestLimits& limits = {});

/// The role of one message; empty when it is not one of the API's. `developer` is System, `function` is Tool.
std::optional<Role> role_of(const wire::JsonValue& message) noexcept;

}  // namespace tierway::dialect
