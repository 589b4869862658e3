#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tierway/base/json_text.hpp"
#include "tierway/classify/features.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::classify::testing {

inline std::string quoted(std::string_view text) {
    std::string json;
    append_json_string(json, text);
    return json;
}

inline std::string message(std::string_view role, std::string_view text) {
    return "{\"role\":\"" + std::string(role) + "\",\"content\":" + quoted(text) + "}";
}

/// A chat body of these messages (JSON objects joined by commas) and further members, read as the gateway reads it.
class ChatBody {
public:
    explicit ChatBody(const std::string& messages, const std::string& members = {})
        : text_("{\"model\":\"auto\",\"messages\":[" + messages + "]" + members + "}") {
        const auto body = parser_.parse(text_);
        EXPECT_TRUE(body) << body.error().message();
        auto request = dialect::read_chat_request(*body);
        EXPECT_TRUE(request) << request.error().message();
        request_ = *std::move(request);
    }

    [[nodiscard]] const dialect::ChatRequest& request() const { return request_; }

    [[nodiscard]] Features features(const FeatureLimits& limits = {}) const {
        Features features;
        extract_features(request_, features, limits);
        return features;
    }

private:
    std::string text_;
    wire::JsonParser parser_;
    dialect::ChatRequest request_;
};

}  // namespace tierway::classify::testing
