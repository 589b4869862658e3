#include "tierway/dialect/chat_stream.hpp"

#include <algorithm>

#include "dialect/answer_parts.hpp"
#include "dialect/provider_words.hpp"
#include "tierway/dialect/error_body.hpp"

namespace tierway::dialect {
namespace {

constexpr std::size_t kToolIdBytesMax = 256;

/// The members of a chunk that are read, found in one walk.
struct ChunkFields {
    wire::JsonValue id;
    wire::JsonValue object;
    wire::JsonValue model;
    wire::JsonValue service_tier;
    wire::JsonValue choices;
    wire::JsonValue usage;
    wire::JsonValue groq;
    wire::JsonValue error;
};

ChunkFields fields_of(const wire::JsonValue& chunk) {
    ChunkFields fields;
    std::string scratch;
    for (const wire::JsonValue member : chunk) {
        const std::string_view key = member.key(scratch);
        if (key == "choices") {
            fields.choices = member;
        } else if (key == "usage") {
            fields.usage = member;
        } else if (key == "model") {
            fields.model = member;
        } else if (key == "object") {
            fields.object = member;
        } else if (key == "id") {
            fields.id = member;
        } else if (key == "error") {
            fields.error = member;
        } else if (key == "service_tier") {
            fields.service_tier = member;
        } else if (key == "x_groq") {
            fields.groq = member;
        }
    }
    return fields;
}

/// The position that a choice or a tool call states; 0 when it states none, empty when it is no position.
std::optional<std::size_t> position_of(const wire::JsonValue& index, std::size_t bound) noexcept {
    if (!index.exists() || index.is_null()) {
        return std::size_t{0};
    }
    const std::optional<std::int64_t> position = index.integer();
    if (!position || *position < 0 || static_cast<std::uint64_t>(*position) >= bound) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(*position);
}

bool is_done(std::string_view data) noexcept {
    while (!data.empty() && data.front() == ' ') {
        data.remove_prefix(1);
    }
    while (!data.empty() && data.back() == ' ') {
        data.remove_suffix(1);
    }
    return data == "[DONE]";
}

bool has_elements(const wire::JsonValue& value) noexcept {
    return (value.is_array() || value.is_object()) && value.begin() != value.end();
}

bool has_text(const wire::JsonValue& value) noexcept {
    return value.is_string() && !value.string_is("");
}

}  // namespace

ChatStreamReader::ChatStreamReader(bool keep_answer, std::size_t answer_bytes_max)
    : keep_answer_(keep_answer), answer_bytes_max_(answer_bytes_max) {}

Result<ChunkFacts> ChatStreamReader::read(std::string_view data, const wire::JsonValue& chunk, std::string_view provider_name) {
    ChunkFacts facts;
    if (!chunk.exists()) {
        facts.done = is_done(data);
        if (!facts.done) {
            return malformed_answer(provider_name, "an event that is not JSON");
        }
        return facts;
    }
    if (!chunk.is_object()) {
        if (chunk.is_array() && holds_error(chunk.at(0))) {
            return error_from_provider(200, chunk, provider_name);
        }
        return malformed_answer(provider_name, "an event that is not an object");
    }
    const ChunkFields fields = fields_of(chunk);
    if (says_error(fields.error) || fields.object.string_is("error")) {
        return error_from_provider(200, chunk, provider_name);
    }
    const bool is_chunk = fields.choices.exists() || fields.usage.is_object() || fields.object.string_is("chat.completion.chunk");
    if (!is_chunk || (fields.choices.exists() && !fields.choices.is_array() && !fields.choices.is_null())) {
        return malformed_answer(provider_name, "an event without choices");
    }
    facts.id = fields.id;
    if (answer_.model.empty() && fields.model.is_string()) {
        // Azure's first chunk has an empty one.
        answer_.model = fields.model.to_string();
    }
    if (answer_.service_tier.empty() && fields.service_tier.is_string()) {
        answer_.service_tier = fields.service_tier.to_string();
    }
    for (const wire::JsonValue choice : fields.choices) {
        if (auto read = read_choice(choice, facts, provider_name); !read) {
            return read.error();
        }
    }
    std::optional<TokenUsage> usage = read_usage(fields.usage);
    if (!usage && fields.groq.is_object()) {
        usage = read_usage(fields.groq.find("usage"));
    }
    if (usage) {
        // Where several chunks carry usage it is cumulative.
        answer_.usage = usage;
        facts.has_usage = true;
    }
    facts.usage_only = fields.usage.is_object() && !has_elements(fields.choices);
    return facts;
}

Result<void> ChatStreamReader::read_choice(const wire::JsonValue& value, ChunkFacts& facts, std::string_view provider_name) {
    wire::JsonValue position;
    wire::JsonValue delta;
    wire::JsonValue finish_reason;
    wire::JsonValue logprobs;
    wire::JsonValue error;
    std::string scratch;
    for (const wire::JsonValue member : value) {
        const std::string_view key = member.key(scratch);
        if (key == "delta") {
            delta = member;
        } else if (key == "index") {
            position = member;
        } else if (key == "finish_reason") {
            finish_reason = member;
        } else if (key == "logprobs") {
            logprobs = member;
        } else if (key == "error") {
            error = member;
        }
    }
    const std::optional<std::size_t> index = position_of(position, kChoicesMax);
    if (!value.is_object() || !index) {
        return malformed_answer(provider_name, "a choice without a usable index");
    }
    if (says_error(error)) {
        return error_from_provider(200, value, provider_name);
    }
    if (tells_of_failure(finish_reason)) {
        return failed_answer(provider_name);
    }
    grow_to(*index);
    if (auto read = read_delta(*index, delta, facts, provider_name); !read) {
        return read.error();
    }
    AnswerChoice& choice = answer_.choices[*index];
    if (keep_answer_ && logprobs.is_object()) {
        const std::size_t tokens = choice.token_logprobs.size();
        append_logprobs(logprobs, choice.token_logprobs);
        kept_bytes_ += (choice.token_logprobs.size() - tokens) * sizeof(float);
    }
    if (const FinishReason reason = finish_reason_of(finish_reason); reason != FinishReason::None) {
        ChoiceState& state = states_[*index];
        if (!state.finished) {
            choice.finish_reason = reason;
        }
        state.finished = true;
        state.inside_tool_call = false;
        facts.content = true;
        facts.finished = true;
    }
    if (kept_bytes_ > answer_bytes_max_) {
        return malformed_answer(provider_name, "an answer larger than " + std::to_string(answer_bytes_max_) + " bytes");
    }
    return {};
}

Result<void> ChatStreamReader::read_delta(std::size_t index, const wire::JsonValue& delta, ChunkFacts& facts,
                                          std::string_view provider_name) {
    if (delta.exists() && !delta.is_object() && !delta.is_null()) {
        return malformed_answer(provider_name, "a delta that is not an object");
    }
    AnswerChoice& choice = answer_.choices[index];
    if (index == 0) {
        facts.delta = delta;
    } else {
        facts.text_only = false;
    }
    std::size_t reasoning_bytes = 0;
    std::string scratch;
    for (const wire::JsonValue member : delta) {
        const std::string_view key = member.key(scratch);
        if (key == "role" && index == 0) {
            facts.role = member;
        } else if (key == "content") {
            if (index == 0 && member.is_string()) {
                facts.text = member;
            } else if (!member.is_null()) {
                facts.text_only = false;
            }
            facts.content = facts.content || has_text(member) || (member.is_array() && has_elements(member));
            read_text(member, choice.content);
        } else if (key == "reasoning_content" || key == "reasoning") {
            // Servers in the midst of renaming the field send the same text under both names.
            reasoning_bytes = std::max(reasoning_bytes, text_size(member));
            facts.text_only = facts.text_only && !has_text(member);
            facts.content = facts.content || has_text(member);
        } else if (key == "tool_calls" && has_elements(member)) {
            if (auto read = read_tool_calls(index, member, provider_name); !read) {
                return read;
            }
            facts.tool_call = true;
        } else if (key == "function_call" && member.is_object()) {
            states_[index].inside_tool_call = true;
            facts.tool_call = true;
            answer_text_bytes_ += text_size(member.find("arguments"));
            keep_tool_call(index, std::nullopt, member);
        } else if (key == "refusal") {
            facts.content = facts.content || has_text(member);
            facts.text_only = facts.text_only && !has_text(member);
            read_text(member, choice.refusal);
        } else if (key == "reasoning_details" || key == "audio") {
            facts.content = facts.content || has_elements(member);
            facts.text_only = facts.text_only && !has_elements(member);
        }
    }
    facts.content = facts.content || facts.tool_call;
    facts.text_only = facts.text_only && !facts.tool_call;
    answer_text_bytes_ += reasoning_bytes;
    return {};
}

Result<void> ChatStreamReader::read_tool_calls(std::size_t index, const wire::JsonValue& calls, std::string_view provider_name) {
    for (const wire::JsonValue call : calls) {
        const wire::JsonValue position = call.find("index");
        const std::optional<std::size_t> slot = position_of(position, kToolCallsMax);
        if (!call.is_object() || !slot || states_[index].tool_slots.size() >= kToolCallsMax) {
            return malformed_answer(provider_name, "a tool call without a usable index");
        }
        states_[index].inside_tool_call = true;
        answer_text_bytes_ += text_size(tool_call_parts(call).arguments);
        const bool stated = position.exists() && !position.is_null();
        keep_tool_call(index, stated ? std::optional<std::int64_t>(*slot) : std::nullopt, call);
    }
    return {};
}

void ChatStreamReader::keep_tool_call(std::size_t choice, std::optional<std::int64_t> index, const wire::JsonValue& call) {
    if (!keep_answer_) {
        return;
    }
    std::vector<ToolCall>& calls = answer_.choices[choice].tool_calls;
    std::vector<ToolSlot>& slots = states_[choice].tool_slots;
    const bool legacy = call.key_is("function_call");
    const ToolCallParts parts = legacy ? ToolCallParts{call.find("name"), call.find("arguments")} : tool_call_parts(call);
    std::string id;
    call.find("id").append_string(id, kToolIdBytesMax);
    // The newest slot of that index continues, unless the piece bears another id: some servers give every parallel call the
    // index 0, others give none and send each call whole (WIRE.md section 5.4).
    std::size_t slot = slots.size();
    while (slot > 0 && index && slots[slot - 1].index != index) {
        --slot;
    }
    const bool other_id = slot > 0 && !id.empty() && !slots[slot - 1].id.empty() && slots[slot - 1].id != id;
    const bool next_whole_call = slot > 0 && !index && !legacy && id.empty() && has_text(parts.name);
    if (slot == 0 || other_id || next_whole_call) {
        slots.push_back({index, id});
        calls.emplace_back();
        slot = slots.size();
        kept_bytes_ += sizeof(ToolSlot) + sizeof(ToolCall) + id.size();
    } else if (slots[slot - 1].id.empty()) {
        slots[slot - 1].id = std::move(id);
    }
    ToolCall& kept = calls[slot - 1];
    const std::size_t size = kept.name.size() + kept.arguments.size();
    if (kept.name.empty()) {
        kept.name = parts.name.to_string();
    }
    append_arguments(parts.arguments, kept.arguments);
    kept_bytes_ += kept.name.size() + kept.arguments.size() - size;
}

void ChatStreamReader::read_text(const wire::JsonValue& value, std::string& kept) {
    if (value.is_array()) {
        for (const wire::JsonValue part : value) {
            answer_text_bytes_ += text_size(part.find("text"));
        }
    } else {
        answer_text_bytes_ += text_size(value);
    }
    if (keep_answer_) {
        const std::size_t size = kept.size();
        append_content(value, kept);
        kept_bytes_ += kept.size() - size;
    }
}

void ChatStreamReader::grow_to(std::size_t index) {
    if (states_.size() <= index) {
        states_.resize(index + 1);
        answer_.choices.resize(index + 1);
    }
    states_[index].seen = true;
}

bool ChatStreamReader::complete() const noexcept {
    const auto seen = [](const ChoiceState& state) { return state.seen; };
    const auto waits = [](const ChoiceState& state) { return state.seen && !state.finished; };
    return std::any_of(states_.begin(), states_.end(), seen) && std::none_of(states_.begin(), states_.end(), waits);
}

bool ChatStreamReader::inside_tool_call() const noexcept {
    return std::any_of(states_.begin(), states_.end(), [](const ChoiceState& state) { return state.inside_tool_call; });
}

}  // namespace tierway::dialect
