#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/wire/edits.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// A text and the view of it, alive together.
class Document {
public:
    explicit Document(std::string text) : text_(std::move(text)) {
        const Result<wire::JsonValue> parsed = parser_.parse(text_);
        EXPECT_TRUE(parsed.has_value()) << text_;
        if (parsed) {
            root_ = *parsed;
        }
    }
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    [[nodiscard]] const wire::JsonValue& root() const { return root_; }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
    wire::JsonParser parser_;
    wire::JsonValue root_;
};

inline std::string edited(const std::string& original, wire::Edits& edits) {
    std::vector<std::string_view> pieces;
    edits.gather(original, pieces);
    std::string text;
    for (const std::string_view piece : pieces) {
        text += piece;
    }
    EXPECT_EQ(text.size(), edits.edited_size(original.size()));
    return text;
}

}  // namespace tierway::dialect
