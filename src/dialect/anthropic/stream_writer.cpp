#include <utility>

#include "dialect/anthropic/reply_members.hpp"
#include "dialect/anthropic/stop_reason.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/anthropic.hpp"
#include "tierway/dialect/seal.hpp"

namespace tierway::dialect::anthropic {
namespace {

/// One event: its payload is an object whose `type` is the event's name, which the official clients need on a line of its own too.
class EventText {
public:
    EventText(std::string_view name, std::string& out) : out_(out.append("event: ").append(name).append("\ndata: ")), json(out) {
        json.begin_object().text("type", name);
    }
    EventText(const EventText&) = delete;
    EventText& operator=(const EventText&) = delete;
    ~EventText() {
        json.end_object();
        out_ += "\n\n";
    }

private:
    std::string& out_;

public:
    JsonWriter json;
};

void write_delta(std::int64_t index, std::string_view type, std::string_view member, std::string_view text, std::string& out) {
    EventText event("content_block_delta", out);
    event.json.integer("index", index).key("delta").begin_object().text("type", type).text(member, text).end_object();
}

}  // namespace

void StreamWriter::write(const ReplyEvent& event, std::string& out) {
    if (event.choice != 0 || ended_) {
        return;
    }
    if (!event.service_tier.empty()) {
        service_tier_ = event.service_tier;
    }
    switch (event.kind) {
        case ReplyEvent::Kind::Begin:
            begin(event, out);
            return;
        case ReplyEvent::Kind::Finish:
            finish_reason_ = event.finish_reason;
            stop_sequence_ = event.stop_sequence;
            return;
        case ReplyEvent::Kind::Usage:
            usage_ = event.usage ? event.usage : usage_;
            return;
        case ReplyEvent::Kind::End:
            return;
        default:
            break;
    }
    begin({}, out);
    if (must_wait(event)) {
        waiting_.push_back(event);
        return;
    }
    write_content(event, out);
    if (arguments_done_ && !waiting_.empty()) {
        write_waiting(out);
    }
}

void StreamWriter::begin(const ReplyEvent& event, std::string& out) {
    if (begun_) {
        return;
    }
    begun_ = true;
    usage_ = event.usage;
    EventText text("message_start", out);
    JsonWriter& json = text.json;
    json.key("message").begin_object().text("id", message_id(event.id)).text("type", "message").text("role", "assistant");
    json.text("model", model_).key("content").begin_array().end_array();
    json.null("stop_reason").null("stop_sequence").key("usage");
    write_usage(json, usage_.value_or(TokenUsage{}), service_tier_);
    json.end_object();
}

bool StreamWriter::must_wait(const ReplyEvent& event) const noexcept {
    const bool unfinished = block_ == Block::Tool && !arguments_done_;
    return unfinished && !(event.kind == ReplyEvent::Kind::ToolArguments && event.tool == tool_);
}

/// Writes again what waited; whatever belongs behind the next unfinished call goes on waiting.
void StreamWriter::write_waiting(std::string& out) {
    std::vector<ReplyEvent> events;
    events.swap(waiting_);
    for (const ReplyEvent& event : events) {
        write(event, out);
    }
}

void StreamWriter::write_content(const ReplyEvent& event, std::string& out) {
    switch (event.kind) {
        case ReplyEvent::Kind::Refusal:
            refused_ = true;
            write_text(event.text, out);
            break;
        case ReplyEvent::Kind::Text:
            write_text(event.text, out);
            break;
        case ReplyEvent::Kind::Reasoning:
            if (!event.text.empty()) {
                open(Block::Thinking, R"({"type":"thinking","thinking":"","signature":""})", out);
                write_delta(index_, "thinking_delta", "thinking", event.text, out);
            }
            break;
        case ReplyEvent::Kind::ReasoningSeal:
            write_seal(event, out);
            break;
        case ReplyEvent::Kind::ToolCall:
            write_call(event, out);
            break;
        case ReplyEvent::Kind::ToolArguments:
            write_arguments(event, out);
            break;
        default:
            break;
    }
}

void StreamWriter::write_text(std::string_view text, std::string& out) {
    if (!text.empty()) {
        open(Block::Text, R"({"type":"text","text":""})", out);
        write_delta(index_, "text_delta", "text", text, out);
    }
}

void StreamWriter::write_seal(const ReplyEvent& event, std::string& out) {
    const std::string seal = tagged_seal(event.origin, event.hidden, event.text, Origin::Anthropic);
    if (seal.empty()) {
        return;
    }
    if (event.hidden) {
        close(out);
        std::string block;
        JsonWriter(block).begin_object().text("type", "redacted_thinking").text("data", seal).end_object();
        open(Block::Thinking, block, out);
    } else {
        open(Block::Thinking, R"({"type":"thinking","thinking":"","signature":""})", out);
        write_delta(index_, "signature_delta", "signature", seal, out);
    }
    close(out);
}

void StreamWriter::write_call(const ReplyEvent& event, std::string& out) {
    close(out);
    if (!event.seal.empty()) {
        // As in a whole answer.
        ReplyEvent signature;
        signature.kind = ReplyEvent::Kind::ReasoningSeal;
        signature.text = event.seal;
        signature.hidden = true;
        signature.origin = Origin::Gemini;
        write_seal(signature, out);
    }
    std::string block;
    JsonWriter json(block);
    json.begin_object().text("type", "tool_use").text("id", event.id).text("name", event.name);
    json.key("input").begin_object().end_object().end_object();
    open(Block::Tool, block, out);
    tool_ = event.tool;
    has_calls_ = true;
    brackets_ = 0;
    in_string_ = escaped_ = arguments_done_ = false;
}

void StreamWriter::write_arguments(const ReplyEvent& event, std::string& out) {
    if (event.text.empty() || block_ != Block::Tool || event.tool != tool_) {
        return;  // Behind the end of its call: nothing that belongs to an object.
    }
    for (const char c : event.text) {
        if (in_string_) {
            in_string_ = escaped_ || c != '"';
            escaped_ = !escaped_ && c == '\\';
        } else if (c == '"') {
            in_string_ = true;
        } else if (c == '{' || c == '[') {
            ++brackets_;
        } else if (c == '}' || c == ']') {
            --brackets_;
            arguments_done_ = arguments_done_ || brackets_ <= 0;
        }
    }
    write_delta(index_, "input_json_delta", "partial_json", event.text, out);
}

/// Goes on with the open block when it is of that kind (a tool's never is), else begins one.
void StreamWriter::open(Block block, std::string_view content_block, std::string& out) {
    if (block_ == block && block != Block::Tool) {
        return;
    }
    close(out);
    block_ = block;
    EventText event("content_block_start", out);
    event.json.integer("index", index_).raw("content_block", content_block);
}

void StreamWriter::close(std::string& out) {
    if (block_ == Block::None) {
        return;
    }
    block_ = Block::None;
    EventText event("content_block_stop", out);
    event.json.integer("index", index_);
    ++index_;
}

void StreamWriter::end(const ReplyEnd& end, std::string& out) {
    if (ended_) {
        return;
    }
    begin({}, out);
    close(out);
    while (!waiting_.empty()) {
        write_waiting(out);
        close(out);
    }
    ended_ = true;
    {
        EventText event("message_delta", out);
        JsonWriter& json = event.json;
        const std::string_view reason =
            stop_reason_for(finish_reason_, {.calls = has_calls_, .refusal = refused_, .stop_sequence = !stop_sequence_.empty()});
        json.key("delta").begin_object().text("stop_reason", reason);
        if (reason == "stop_sequence") {
            json.text("stop_sequence", stop_sequence_);
        } else {
            json.null("stop_sequence");
        }
        json.end_object().key("usage");
        write_usage(json, usage_.value_or(TokenUsage{}), service_tier_);
    }
    if (!end.disclosure.empty()) {
        out.append(": tierway ").append(end.disclosure).append("\n\n");
    }
    EventText stop("message_stop", out);
}

}  // namespace tierway::dialect::anthropic
