#include "tierway/dialect/reported_usage.hpp"

#include "tierway/dialect/provider_usage.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::dialect {

ReportedUsage::ReportedUsage(std::string_view content_type) {
    if (wire::starts_with_ignoring_case(content_type, "text/event-stream")) {
        events_.emplace(kBytesMax);
    } else if (wire::starts_with_ignoring_case(content_type, "application/json")) {
        json_.emplace();
    }
}

void ReportedUsage::feed(std::string_view bytes) {
    if (json_ && json_->size() + bytes.size() > kBytesMax) {
        json_.reset();
    } else if (json_) {
        json_->append(bytes);
    }
    if (!events_) {
        return;
    }
    events_->feed(bytes);
    wire::SseEvent event;
    auto status = events_->next(event);
    for (; status == wire::SseDecoder::Status::Event; status = events_->next(event)) {
        if (event.kind == wire::SseEvent::Kind::Data) {
            look_at(event.data);
        }
    }
    if (status == wire::SseDecoder::Status::TooLarge) {
        events_.reset();
    }
}

std::optional<TokenUsage> ReportedUsage::finish() {
    if (json_) {
        look_at(*json_);
    }
    return usage_;
}

void ReportedUsage::look_at(std::string_view json) {
    if (json.find("\"usage\"") == std::string_view::npos) {
        return;
    }
    const auto body = parser_.parse(json);
    if (!body) {
        return;
    }
    const wire::JsonValue usage = body->find("usage");
    auto tokens = read_responses_usage(usage);
    if (!tokens) {
        tokens = read_usage(usage);
    }
    usage_ = tokens ? tokens : usage_;
}

}  // namespace tierway::dialect
