#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tierway/dialect/chat_request.hpp"

namespace tierway::dialect {

/// A JSON value as its author wrote it, byte for byte; empty: there is none. Schemas, arguments and whatever else passes unread.
using JsonText = std::string;

/// Whose model made a piece of reasoning: only models of that family can read it again (WIRE.md section 0, rule 9).
enum class Origin : std::uint8_t { Unknown, OpenAi, Anthropic, Gemini, DeepSeek };

struct TextPart {
    std::string text;
};

/// A refusal that the assistant gave in an earlier turn.
struct RefusalPart {
    std::string text;
};

/// An image, a sound or a file: by its bytes, by an address, or by the name that one provider knows it by.
struct MediaPart {
    enum class Kind : std::uint8_t { Image, Audio, File };
    Kind kind = Kind::Image;
    std::string media_type;  ///< "image/png"; empty when only an address is known. Of sound the format: "wav".
    std::string data;        ///< Base64.
    std::string url;         ///< https.
    std::string file_id;     ///< Belongs to one account at one provider.
    std::string filename;
    std::string detail;      ///< Of images: "low", "high", "auto"; empty: not stated.
};

/// What a model thought before it answered.
struct ReasoningPart {
    std::string text;  ///< Readable, possibly a summary; may be empty.
    /// What its maker needs back to trust or continue it: a signature, or the thought itself encrypted. Empty: nothing.
    std::string seal;
    bool hidden = false;  ///< There is only the seal, which holds the thought (Anthropic's redacted thinking).
    Origin origin = Origin::Unknown;
    std::string id;  ///< Of a Responses item; else empty.
};

/// A call that the assistant made.
struct ToolCallPart {
    std::string id;
    std::string name;
    std::string arguments;  ///< JSON text as the model wrote it, which may be invalid; of a custom tool its free input.
    bool custom = false;
    std::string seal;  ///< Gemini's `thoughtSignature` on the call; see `ReasoningPart::seal`.
};

struct Part;

/// What a tool answered.
struct ToolResultPart {
    std::string call_id;
    std::string name;  ///< Of the tool, when it is stated or a call of that id came before.
    std::vector<Part> content;  ///< Text, images and files.
    bool is_error = false;
};

struct Part {
    std::variant<TextPart, RefusalPart, MediaPart, ReasoningPart, ToolCallPart, ToolResultPart> value;
    JsonText cache_control;  ///< Anthropic's mark behind what is worth caching: `{"type":"ephemeral"}`.
};

/// Successive parts of one author. Roles alternate as the client wrote them; nothing is merged here, but all results of tools that
/// follow each other are one turn of Role::Tool.
struct Turn {
    Role role = Role::User;
    std::vector<Part> parts;  ///< Role::Tool: only results of tools. Role::Assistant: no results.
};

struct ToolDefinition {
    std::string name;
    std::string description;
    JsonText parameters;  ///< A JSON schema; empty: it takes none.
    std::optional<bool> strict;
    bool custom = false;   ///< Its input is free text, or what `format` says.
    JsonText format;       ///< Of a custom tool, as Chat Completions has it (WIRE.md section 1.1).
    JsonText cache_control;
};

struct ToolChoice {
    enum class Mode : std::uint8_t { Unstated, Auto, None, Required, Named };
    Mode mode = Mode::Unstated;
    std::string name;  ///< Of the tool, for Named.
};

struct OutputFormat {
    enum class Kind : std::uint8_t { Text, JsonObject, JsonSchema };
    Kind kind = Kind::Text;
    std::string name;  ///< Of the schema; never empty with one.
    std::string description;
    JsonText schema;
    std::optional<bool> strict;
};

/// How much a model may think. Either word or number may be absent.
struct Thinking {
    std::string effort;  ///< "none", "minimal", "low", "medium", "high", "xhigh", "max"; empty: not stated.
    std::optional<std::int64_t> budget_tokens;
    std::string summary;  ///< "auto", "concise", "detailed": how the client wants to see it; empty: not stated.
};

/// The names, in the door's words where they have one, of what a request asked for and a reader or writer left out by a stated rule.
/// Told to the client in `x-tierway-dropped`. Of static storage duration.
using Omissions = std::vector<std::string_view>;

/// What any client asks of any model, in no dialect's words: read from the dialect of a door, written in that of a provider.
/// Owns all it holds. What only one dialect can say is not here: it passes when door and provider speak the same one, and is
/// dropped by a stated rule, or refused, when they do not (docs/dialects.md).
struct Conversation {
    std::string model;  ///< As the client named it.
    std::vector<Turn> turns;  ///< Instructions are turns of Role::System, where they stand.
    std::vector<ToolDefinition> tools;
    ToolChoice tool_choice;
    std::optional<bool> parallel_tool_calls;
    OutputFormat format;
    Thinking thinking;

    std::optional<std::int64_t> output_tokens_max;
    std::int64_t choices = 1;
    std::vector<std::string> stop;
    std::optional<double> temperature;
    std::optional<double> top_p;
    std::optional<std::int64_t> top_k;
    std::optional<double> presence_penalty;
    std::optional<double> frequency_penalty;
    std::optional<std::int64_t> seed;
    bool logprobs = false;
    std::optional<std::int64_t> top_logprobs;
    JsonText logit_bias;

    std::string verbosity;
    std::string service_tier;  ///< In OpenAI's words ("auto", "default", "flex", "priority").
    std::string user;          ///< Whom the request is for: a stable name for abuse control.
    std::string prompt_cache_key;
    JsonText metadata;
    std::optional<bool> store;

    bool stream = false;
    bool include_usage = false;

    /// The member of the door's request that no other dialect can express and that must not be dropped silently (a hosted tool, an
    /// MCP server): such a request goes only to providers of the door's own dialect. Empty: any provider will do.
    std::string only_native;
    /// What the door's request asks for beside, which no other dialect has and which may be dropped: told when one answers.
    Omissions omitted;
};

/// What a provider or one of its models takes (WIRE.md sections 1.2, 4.1, 4.7, 5.4), as far as the writers of requests need it.
struct ModelRules {
    std::string model;  ///< The provider's name for it.
    /// For dialects that require a limit of the answer's length, when the request states none. Positive.
    std::int64_t output_tokens_default = 4096;
    bool sampling = true;          ///< `temperature`, `top_p`, `top_k` and penalties are taken.
    bool adaptive_thinking = true;  ///< Effort is a word to it; else a budget in tokens (Anthropic before 4.6, Gemini before 3).
    bool thinks = true;            ///< Takes any of the two.
    bool system_mid_conversation = false;  ///< A system turn may stand behind others (Anthropic's newer models).
};

}  // namespace tierway::dialect
