#include "gateway/stream_machine.hpp"

#include <algorithm>
#include <utility>

#include "tierway/base/json_text.hpp"
#include "tierway/dialect/chat_compatibility.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/dialect/native_edits.hpp"

namespace tierway::gateway {
namespace {

/// Malformed events of one stream that are dropped before it counts as broken (RELIABILITY.md section 6.7).
constexpr unsigned kMalformedMax = 3;
/// What a stream may bring before its first content (RELIABILITY.md section 6.1).
constexpr std::size_t kPreambleBytesMax = std::size_t{256} * 1024;
/// Bound on a held answer, encoded.
constexpr std::size_t kHeldBytesMax = std::size_t{16} << 20U;

Error malformed_stream(std::string_view what) {
    return Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed",
                           "The provider's stream is not valid: " + std::string(what) + ".");
}

/// Appends JSON as one line: an event may have come as several `data:` lines. In JSON a line feed between tokens is white space, and
/// within a string it is escaped.
void append_line(std::span<const std::string_view> pieces, std::string& out) {
    const std::size_t begin = out.size();
    for (const std::string_view piece : pieces) {
        out.append(piece);
    }
    if (const std::size_t line_feed = out.find('\n', begin); line_feed != std::string::npos) {
        std::replace(out.begin() + static_cast<std::ptrdiff_t>(line_feed), out.end(), '\n', ' ');
    }
}

}  // namespace

StreamMachine::StreamMachine(const StreamSettings& settings, wire::JsonParser& parser, DeliveredAnswer& delivered, SteadyTime now)
    : settings_(settings),
      parser_(parser),
      delivered_(delivered),
      first_content_deadline_(now + settings.timeouts.first_content),
      reader_(settings.mode == StreamMode::Hold),
      spliced_(!settings.continues) {
    if (settings.upstream != dialect::Dialect::Chat) {
        foreign_.emplace(settings.upstream, settings.reply);
    }
    if (settings.upstream == dialect::Dialect::Converse) {
        frames_.emplace();
    }
    if (settings.door.door == dialect::Dialect::Chat || settings.is_native()) {
        return;
    }
    door_parser_.emplace();
    if (settings.continues && delivered.door_stream) {
        door_stream_ = std::move(delivered.door_stream);
    } else {
        door_stream_.emplace(settings.door);
    }
}

SteadyTime StreamMachine::deadline(SteadyTime now) const noexcept {
    return content_seen_ ? now + settings_.timeouts.idle : first_content_deadline_;
}

Error StreamMachine::read_failure(const Error& error) const {
    if (!content_seen_ && error.kind() == ErrorKind::UpstreamStalled) {
        return Error::upstream(ErrorKind::UpstreamTimeout, "upstream_timeout",
                               "The provider's stream brought no content in time.");
    }
    return error;
}

bool StreamMachine::releasing() const noexcept {
    switch (settings_.mode) {
        case StreamMode::Relay:
            return content_seen_;
        case StreamMode::Buffer:
            return released_ || (content_seen_ && pending_.size() > settings_.buffer_bytes_max);
        case StreamMode::Hold:
            return false;
    }
    return false;
}

void StreamMachine::sent() {
    released_ = true;
    pending_.clear();
    delivered_.events += std::exchange(pending_events_, 0);
    delivered_.text_only = delivered_.text_only && pending_text_only_;
    if (delivered_.id.empty()) {
        delivered_.id = pending_id_;
    }
    if (delivered_.text.size() + pending_text_.size() > DeliveredAnswer::kTextBytesMax) {
        delivered_.text_only = false;
        delivered_.text.clear();
    } else {
        delivered_.text += pending_text_;
    }
    pending_text_.clear();
}

Result<void> StreamMachine::take(std::span<const std::string_view> pieces) {
    if (frames_) {
        return take_pieces<wire::EventStreamEvent>(*frames_, pieces,
                                                   [this](const wire::EventStreamEvent& event) { return take_frame(event); });
    }
    return take_pieces<wire::SseEvent>(decoder_, pieces, [this](const wire::SseEvent& event) { return take_event(event); });
}

template <class Event, class Decoder, class Take>
Result<void> StreamMachine::take_pieces(Decoder& decoder, std::span<const std::string_view> pieces, Take take_event) {
    Event event;
    for (const std::string_view piece : pieces) {
        decoder.feed(piece);
        while (true) {
            const auto status = decoder.next(event);
            if (status == Decoder::Status::NeedInput) {
                break;
            }
            if (status != Decoder::Status::Event) {
                return malformed_stream("an event is too large or damaged");
            }
            if (Result<void> taken = take_event(event); !taken) {
                return taken;
            }
            if (done_) {
                return {};
            }
        }
    }
    return {};
}

Result<void> StreamMachine::take_event(const wire::SseEvent& event) {
    if (event.kind == wire::SseEvent::Kind::Comment) {
        // A comment of the provider's keeps the client's connection alive as well, once there is one.
        if (released_) {
            pending_ += ": keep-alive\n\n";
        }
        return {};
    }
    if (foreign_) {
        return take_foreign(event.name, event.data);
    }
    wire::JsonValue chunk;
    if (event.data != "[DONE]") {
        auto parsed = parser_.parse(event.data);
        if (!parsed || !parsed->is_object()) {
            return take_malformed();
        }
        chunk = *parsed;
    }
    return take_chunk(event.data, chunk);
}

Result<void> StreamMachine::take_frame(const wire::EventStreamEvent& frame) {
    if (frame.kind == wire::EventStreamEvent::Kind::Event) {
        return take_foreign(frame.name, frame.data);
    }
    // The words of a failure may be plain text, and its name any.
    const auto said = parser_.parse(frame.data);
    return dialect::error_from_provider(200, said ? *said : wire::JsonValue(), settings_.provider_name, frame.name);
}

Result<void> StreamMachine::take_foreign(std::string_view name, std::string_view data) {
    if (data == "[DONE]") {
        // None of these dialects has it, and servers that imitate them send it nevertheless.
        done_ = true;
        return {};
    }
    const auto parsed = parser_.parse(data);
    if (!parsed || !parsed->is_object()) {
        return take_malformed();
    }
    foreign_->chunks.clear();
    const auto understood = foreign_->stream.take(name, *parsed, settings_.provider_name, foreign_->chunks);
    for (const std::string& chunk : foreign_->chunks) {
        const auto value = foreign_->parser.parse(chunk);
        if (auto taken = value ? take_chunk(chunk, *value) : Result<void>(value.error()); !taken) {
            return taken;
        }
    }
    if (!understood) {
        return understood.error().kind() == ErrorKind::UpstreamMalformed ? take_malformed() : understood;
    }
    if (settings_.is_native()) {
        append_native(name, data, *parsed);
    }
    done_ = foreign_->stream.done();
    return check_size();
}

void StreamMachine::append_native(std::string_view name, std::string_view data, const wire::JsonValue& value) {
    std::string& out = foreign_->stream.done() ? last_event_ : pending_;
    out.append("event: ").append(name.empty() ? value.find("type").to_string() : std::string(name)).append("\ndata: ");
    edits_.clear();
    dialect::edit_native_answer(value, settings_.model_json, edits_);
    edited_.clear();
    edits_.gather(data, edited_);
    append_line(edited_, out);
    out += "\n\n";
    ++pending_events_;
    pending_text_only_ = false;
}

Result<void> StreamMachine::take_chunk(std::string_view data, const wire::JsonValue& chunk) {
    auto facts = reader_.read(data, chunk, settings_.provider_name);
    if (!facts) {
        return facts.error().kind() == ErrorKind::UpstreamMalformed ? take_malformed() : Result<void>(facts.error());
    }
    if (facts->done) {
        done_ = true;
        return {};
    }
    content_seen_ = content_seen_ || facts->content;
    if (!settings_.is_native()) {
        append_event(data, chunk, *facts);
    }
    return check_size();
}

Result<void> StreamMachine::check_size() const {
    if (!content_seen_ && pending_.size() > kPreambleBytesMax) {
        return malformed_stream("too much came before the first content");
    }
    if (settings_.mode == StreamMode::Hold && pending_.size() > kHeldBytesMax) {
        return malformed_stream("the answer is too large to be held");
    }
    return {};
}

Result<void> StreamMachine::take_malformed() {
    ++malformed_;
    if (!content_seen_) {
        return malformed_stream("an event is not a JSON chunk");
    }
    // Between pieces of a tool call a lost event would change its arguments unnoticed.
    if (malformed_ > kMalformedMax || reader_.inside_tool_call()) {
        return malformed_stream("events are not JSON chunks");
    }
    return {};
}

bool StreamMachine::splice(const dialect::ChunkFacts& facts) {
    if (facts.id.exists() && !delivered_.id.empty()) {
        edits_.replace(facts.id.range(), delivered_.id);
    }
    const bool has_text = facts.text.exists();
    if (facts.role.exists() && (has_text || facts.finished)) {
        edits_.remove_member(facts.delta, facts.role);
    }
    if (spliced_) {
        return has_text || facts.finished || facts.usage_only || !facts.role.exists();
    }
    if (has_text) {
        facts.text.append_string(unspliced_text_, SIZE_MAX);
    }
    if (!facts.finished && unspliced_text_.size() < kRepeatedBytesMax) {
        return false;
    }
    spliced_ = true;
    const std::string_view rest = std::string_view(unspliced_text_).substr(repeated_bytes(delivered_.text, unspliced_text_));
    spliced_member_.clear();
    if (has_text) {
        append_json_string(spliced_member_, rest);
        edits_.replace(facts.text.range(), spliced_member_);
    } else if (!rest.empty() && facts.delta.is_object()) {
        spliced_member_ = "\"content\":";
        append_json_string(spliced_member_, rest);
        edits_.append_member(facts.delta, spliced_member_);
    }
    return true;
}

void StreamMachine::append_event(std::string_view data, const wire::JsonValue& chunk, const dialect::ChunkFacts& facts) {
    if (facts.usage_only && !settings_.include_usage && !door_stream_) {
        return;
    }
    edits_.clear();
    const bool was_spliced = spliced_;
    if (settings_.continues && !splice(facts)) {
        return;
    }
    dialect::AnswerEdits wanted;
    wanted.model = settings_.model_json;
    wanted.strip_usage = !settings_.include_usage && !door_stream_;
    wanted.strip_logprobs = settings_.strip_logprobs;
    dialect::edit_answer(chunk, wanted, edits_);
    if (settings_.content_parts) {
        edit_texts_.clear();
        dialect::edit_content_parts(chunk, edits_, edit_texts_);
    }
    append_edited(data, facts.usage_only);
    if (facts.usage_only) {
        return;
    }
    ++pending_events_;
    pending_text_only_ = pending_text_only_ && facts.text_only;
    if (!settings_.keep_text) {
        return;
    }
    if (pending_id_.empty() && facts.id.exists()) {
        pending_id_ = facts.id.raw();
    }
    if (!was_spliced) {
        pending_text_ += std::string_view(unspliced_text_).substr(repeated_bytes(delivered_.text, unspliced_text_));
    } else if (facts.text.exists()) {
        facts.text.append_string(pending_text_, SIZE_MAX);
    }
}

void StreamMachine::append_edited(std::string_view data, bool usage_only) {
    edited_.clear();
    edits_.gather(data, edited_);
    if (door_stream_) {
        edited_chunk_.clear();
        append_line(edited_, edited_chunk_);
        if (const auto chunk = door_parser_->parse(edited_chunk_)) {
            door_stream_->take(*chunk, pending_);
        }
        return;
    }
    if (usage_only) {
        // Some providers tell it more than once: the last counts.
        usage_chunk_.clear();
        append_line(edited_, usage_chunk_);
        return;
    }
    pending_ += "data: ";
    append_line(edited_, pending_);
    pending_ += "\n\n";
}

Result<void> StreamMachine::check_end() const {
    if (reader_.complete()) {
        return {};
    }
    return Error::upstream(ErrorKind::UpstreamTruncated, "upstream_truncated",
                           "The provider's stream ended before the answer was complete.");
}

}  // namespace tierway::gateway
