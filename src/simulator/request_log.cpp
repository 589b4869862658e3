#include "simulator/request_log.hpp"

#include <algorithm>

#include "tierway/base/json_text.hpp"

namespace tierway::simulator {

RequestLog::RequestLog(const std::vector<std::string>& models) {
    for (const std::string& model : models) {
        stats_[model];
    }
}

void RequestLog::add(std::string_view method, std::string_view target, const wire::HttpFields& fields, std::string_view body) {
    Received received;
    received.method = method;
    received.path = target;
    for (const wire::HttpField& field : fields) {
        received.headers.emplace_back(field.name, field.value);
    }
    received.body = body.substr(0, kBodyBytesMax);
    received.body_bytes = body.size();
    received_.push_front(std::move(received));
    if (received_.size() > kRequestsMax) {
        received_.pop_back();
    }
}

void RequestLog::count_request(std::string_view model) {
    const auto found = stats_.find(model);
    if (found != stats_.end()) {
        ++found->second.requests;
    }
}

void RequestLog::bill(std::string_view model, const Usage& before, const Usage& now) {
    const auto found = stats_.find(model);
    if (found == stats_.end()) {
        return;
    }
    Usage& billed = found->second.billed;
    billed.prompt_tokens += now.prompt_tokens - before.prompt_tokens;
    billed.completion_tokens += now.completion_tokens - before.completion_tokens;
    billed.cached_tokens += now.cached_tokens - before.cached_tokens;
    billed.reasoning_tokens += now.reasoning_tokens - before.reasoning_tokens;
}

std::string RequestLog::stats_json() const {
    std::string out = R"({"simulated":true,"models":{)";
    bool first = true;
    for (const auto& [model, stats] : stats_) {
        out += first ? "" : ",";
        first = false;
        append_json_string(out, model);
        out += R"(:{"requests":)" + std::to_string(stats.requests);
        out += R"(,"prompt_tokens":)" + std::to_string(stats.billed.prompt_tokens);
        out += R"(,"completion_tokens":)" + std::to_string(stats.billed.completion_tokens);
        out += R"(,"cached_tokens":)" + std::to_string(stats.billed.cached_tokens);
        out += R"(,"reasoning_tokens":)" + std::to_string(stats.billed.reasoning_tokens) + "}";
    }
    return out + "}}";
}

std::string RequestLog::requests_json(std::size_t count) const {
    std::string out = R"({"simulated":true,"requests":[)";
    for (std::size_t i = 0; i < std::min(count, received_.size()); ++i) {
        const Received& received = received_[i];
        out += i == 0 ? R"({"method":)" : R"(,{"method":)";
        append_json_string(out, received.method);
        out += R"(,"path":)";
        append_json_string(out, received.path);
        out += R"(,"headers":[)";
        for (std::size_t j = 0; j < received.headers.size(); ++j) {
            out += j == 0 ? "[" : ",[";
            append_json_string(out, received.headers[j].first);
            out += ',';
            append_json_string(out, received.headers[j].second);
            out += ']';
        }
        out += R"(],"body":)";
        append_json_string(out, received.body);
        out += R"(,"body_bytes":)" + std::to_string(received.body_bytes);
        out += received.body.size() < received.body_bytes ? R"(,"body_cut":true})" : R"(,"body_cut":false})";
    }
    return out + "]}";
}

}  // namespace tierway::simulator
