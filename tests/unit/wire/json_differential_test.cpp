#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "tierway/wire/json_view.hpp"
#include "wire/json_documents.hpp"

namespace tierway::wire {
namespace {

constexpr std::string_view kChatRequest =
    R"({"model": "auto", "messages": [{"role": "system", "content": "Answer \"briefly\".\n"}, )"
    R"({"role": "user", "content": [{"type": "text", "text": "caf\u00e9 \\ na\u00efve"}]}], "temperature": 0.7e-1, )"
    R"("tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}], )"
    R"("stream": false, "seed": -12, "user": null, "logit_bias": {"50256": -100}})";

/// An independent reader: nlohmann's parser over the same bytes.
bool reference_accepts(std::string_view text) {
    return nlohmann::json::accept(text.begin(), text.end());
}

bool holds_infinite_number(JsonValue value) {
    return std::isinf(value.number().value_or(0)) || std::any_of(value.begin(), value.end(), holds_infinite_number);
}

/// Where the two differ by design: a byte order mark (refused only here), duplicate root keys and deep nesting (refused only
/// here), a NUL (the end of the text there), lone surrogates and numbers beyond a double (refused only there).
bool differs_by_design(std::string_view text, const Result<JsonValue>& ours) {
    if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != std::string_view::npos) {
        return true;
    }
    if (ours.has_error()) {
        const std::string_view message = ours.error().message();
        return message.find("was given before") != std::string_view::npos || message.find("nested") != std::string_view::npos;
    }
    const bool has_surrogates = text.find("\\ud") != std::string_view::npos || text.find("\\uD") != std::string_view::npos;
    return has_surrogates || holds_infinite_number(*ours);
}

/// Compares everything the view says of a value with the reference's value.
void expect_equal(JsonValue ours, const nlohmann::json& reference) {
    std::string scratch;
    switch (reference.type()) {
        case nlohmann::json::value_t::null:
            ASSERT_TRUE(ours.is_null());
            return;
        case nlohmann::json::value_t::boolean:
            ASSERT_EQ(ours.boolean(), reference.get<bool>());
            return;
        case nlohmann::json::value_t::string:
            ASSERT_EQ(ours.string(scratch), reference.get_ref<const std::string&>());
            ASSERT_TRUE(ours.string_is(reference.get_ref<const std::string&>()));
            return;
        case nlohmann::json::value_t::array: {
            ASSERT_EQ(ours.size(), reference.size());
            std::size_t index = 0;
            for (const JsonValue element : ours) {
                expect_equal(element, reference[index++]);
            }
            return;
        }
        case nlohmann::json::value_t::object:
            ASSERT_TRUE(ours.is_object());
            for (const auto& [key, value] : reference.items()) {
                expect_equal(ours.find(key), value);
            }
            return;
        default:
            ASSERT_DOUBLE_EQ(ours.number().value(), reference.get<double>());
            if (reference.is_number_integer() && ours.integer()) {
                ASSERT_EQ(*ours.integer(), reference.get<std::int64_t>());
            }
    }
}

std::string mutate(std::string text, std::mt19937& random) {
    constexpr std::string_view kBytes = "{}[]:,\"\\/0123456789.-+eEtrufalsn \t\n\r\x01\x7f\xc3\xa9\xff'#bd";
    const auto below = [&random](std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random); };
    const std::size_t steps = 1 + below(3);
    for (std::size_t step = 0; step < steps && !text.empty(); ++step) {
        const std::size_t at = below(text.size());
        switch (below(5)) {
            case 0:
                text[at] = kBytes[below(kBytes.size())];
                break;
            case 1:
                text.erase(at, 1 + below(4));
                break;
            case 2:
                text.insert(at, 1, kBytes[below(kBytes.size())]);
                break;
            case 3:
                text.insert(at, text.substr(below(text.size()), 1 + below(8)));
                break;
            default:
                std::swap(text[at], text[below(text.size())]);
        }
    }
    return text;
}

void compare(JsonParser& parser, const std::string& text) {
    SCOPED_TRACE(text);
    const Result<JsonValue> ours = parser.parse(text);
    if (differs_by_design(text, ours)) {
        return;
    }
    ASSERT_EQ(ours.has_value(), reference_accepts(text)) << (ours.has_error() ? ours.error().message() : "accepted");
    if (ours.has_value()) {
        expect_equal(*ours, nlohmann::json::parse(text));
    }
}

TEST(JsonDifferential, AgreesWithAnotherParserOnMutatedDocuments) {
    std::mt19937 random(20240817);
    JsonParser parser;
    int accepted = 0;
    for (int round = 0; round < 8'000; ++round) {
        const std::string text = mutate(std::string(kChatRequest), random);
        compare(parser, text);
        if (HasFatalFailure()) {
            return;
        }
        accepted += parser.parse(text).has_value() ? 1 : 0;
    }
    EXPECT_GT(accepted, 500);
    EXPECT_LT(accepted, 7'500);
}

TEST(JsonDifferential, AgreesWithAnotherParserOnMutatedCorpusDocuments) {
    std::mt19937 random(7);
    JsonParser parser;
    for (const auto& document : test::kAcceptedDocuments) {
        for (int round = 0; round < 300; ++round) {
            compare(parser, mutate(std::string(document.text), random));
            if (HasFatalFailure()) {
                return;
            }
        }
    }
    for (const auto& document : test::kRefusedDocuments) {
        for (int round = 0; round < 100 && !document.text.empty(); ++round) {
            compare(parser, mutate(std::string(document.text), random));
            if (HasFatalFailure()) {
                return;
            }
        }
    }
}

}  // namespace
}  // namespace tierway::wire
