#pragma once

#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tierway/base/effort.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/edits.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// In what one vendor's form of Chat Completions differs from OpenAI's (WIRE.md section 5.4). Constants of static storage.
struct ChatCompatibility {
    std::string_view vendor;  ///< As `providers` calls it: "mistral".
    /// Takes the members by which OpenAI keeps, caches and phrases answers (`store`, `metadata`, `prompt_cache_key` …). The
    /// compatible APIs do without, and several refuse what they do not know.
    bool bookkeeping = true;
    /// Further members of the request that it refuses or ignores; to leave them out loses nothing but a preference.
    std::span<const std::string_view> unsupported{};
    bool message_names = true;  ///< Takes `name` in messages that are of no tool.
    /// The one member in which it takes back what a model thought in an earlier turn; empty: none.
    std::string_view reasoning_member{};
    /// Refuses a turn of the assistant that has tool calls and no `reasoning_content`; an empty one will do.
    bool reasoning_required = false;
    std::string_view seed = "seed";  ///< What it calls `seed`.
    bool developer_role = true;      ///< Knows the role; else it is "system".
    std::string_view required_choice = "\"required\"";  ///< The JSON text that makes a model call some tool.
    bool short_call_ids = false;                        ///< Ids of tool calls must be nine letters and digits.
    bool stream_options = true;                         ///< Takes them; else it reports its usage unasked.
    bool content_parts = false;  ///< Answers of models that think have an array of parts where OpenAI's have a string.
    /// Whether a model thinks is said by `thinking: {type: disabled}`, not by the effort "none".
    bool thinking_switch = false;
};

/// Null for a vendor that takes everything, and for one that is not known: it gets what the client wrote.
const ChatCompatibility* find_chat_compatibility(std::string_view vendor) noexcept;

/// What a provider and one of its models take of a Chat request. The default changes nothing.
struct ChatRules {
    const ChatCompatibility* vendor = nullptr;
    /// The only name by which the provider reads the limit of an answer's length, "max_tokens" or "max_completion_tokens"; empty:
    /// it reads both, or nothing is known.
    std::string_view output_limit{};
    bool sampling = true;  ///< The model takes `temperature` and its like.
    bool logprobs = false;  ///< The model has log-probabilities, whatever is said of its vendor.
    bool effort = true;     ///< It takes a `reasoning_effort` …
    Efforts efforts{};      ///< … in these words.
    /// It refuses tools in this API unless it is told not to think (WIRE.md section 1.2).
    bool tools_without_thinking = false;
    std::optional<Effort> effort_default{};  ///< For a request that states none.
    bool effort_forced = false;              ///< `effort_default` takes the place of what the request states too.
};

/// Whether the rules may change a body at all.
bool changes_bodies(const ChatRules& rules) noexcept;

/// What came of editing a request beside the edits. Kept by the caller for as long as they are; reusable.
struct RequestNotes {
    /// What the client asked for and does not get. Defaults and nulls are left out without a word.
    Omissions omissions;
    std::list<std::string> texts;  ///< Replacements that are no constants.

    void clear() {
        omissions.clear();
        texts.clear();
    }
};

/// Writes the content of an answer or a chunk as OpenAI's API has it, where a vendor has `content_parts`: their text as a string,
/// and what the model thought as `reasoning_content`. Nothing when it is a string already.
/// \param texts must outlive the edits.
void edit_content_parts(const wire::JsonValue& body, wire::Edits& edits, std::list<std::string>& texts);

}  // namespace tierway::dialect
