#include "tierway/classify/features.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "classify/chat_body.hpp"

namespace tierway::classify {
namespace {

using namespace testing;

std::string user(std::string_view text) {
    return message("user", text);
}

std::string text_parts(std::initializer_list<std::string_view> texts) {
    std::string parts;
    for (const std::string_view text : texts) {
        parts += (parts.empty() ? "" : ",") + std::string(R"({"type":"text","text":)") + quoted(text) + "}";
    }
    return R"({"role":"user","content":[)" + parts + "]}";
}

TEST(ExtractFeatures, TheAskIsTheNewestUserTurnAndNothingElse) {
    const ChatBody body(message("system", "You are a helpful assistant that extracts.") + "," + user("First question") + "," +
                            message("assistant", "First answer") + "," + user("  Second question \n"),
                        R"(,"tools":[{"type":"function","function":{"name":"search","description":"Searches the web."}}])");
    const Features features = body.features();
    EXPECT_EQ(features.ask, "Second question");
    EXPECT_EQ(features.earlier_asks, std::vector<std::string>{"First question"});
    EXPECT_EQ(features.turns, 2);
    EXPECT_EQ(features.language, "latin");
}

TEST(ExtractFeatures, UpToThreeEarlierAsksNewestFirst) {
    const ChatBody body(user("one") + "," + user("two") + "," + user("three") + "," + user("four") + "," + user("five"));
    const Features features = body.features();
    EXPECT_EQ(features.ask, "five");
    EXPECT_EQ(features.earlier_asks, (std::vector<std::string>{"four", "three", "two"}));
}

TEST(ExtractFeatures, ATurnOfNothingButWrappersIsSteppedOver) {
    const ChatBody body(user("Sort the list") + "," + message("assistant", "Done.") + "," +
                        user("<system-reminder>Your todo list is empty.</system-reminder>"));
    const Features features = body.features();
    EXPECT_EQ(features.ask, "Sort the list");
    EXPECT_TRUE(features.earlier_asks.empty());
    EXPECT_EQ(features.turns, 2);
}

TEST(ExtractFeatures, TextPartsAreJoinedAndWrappersAmongThemRemoved) {
    const ChatBody body(text_parts({"<system-reminder>Long envelope</system-reminder>", "Fix the bug", "in main.cpp",
                                    "<environment_details>cwd=/</environment_details>"}));
    EXPECT_EQ(body.features().ask, "Fix the bug\nin main.cpp");
}

TEST(ExtractFeatures, ImagePartsAreSeenButNotRead) {
    const ChatBody body(R"({"role":"user","content":[{"type":"text","text":"What is this?"},)"
                        R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]})");
    const Features features = body.features();
    EXPECT_EQ(features.ask, "What is this?");
    EXPECT_TRUE(features.has_image);
    EXPECT_FALSE(features.has_audio);
    EXPECT_GE(features.prompt_tokens, 765);
}

TEST(ExtractFeatures, TheEnvelopeHasFeaturesOfItsOwn) {
    const ChatBody body(user("Book it") + R"(,{"role":"assistant","content":null,"tool_calls":)"
                                          R"([{"id":"1","type":"function","function":{"name":"book","arguments":"{}"}}]},)"
                                          R"({"role":"tool","tool_call_id":"1","content":"ok"})",
                        R"(,"tools":[{"type":"function","function":{"name":"book","parameters":{}}},)"
                        R"({"type":"function","function":{"name":"cancel"}}],)"
                        R"("response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object"}}})");
    const Features features = body.features();
    EXPECT_TRUE(features.has_tools);
    EXPECT_TRUE(features.json_schema);
    EXPECT_TRUE(features.last_turn_is_tool_result);
    EXPECT_EQ(features.tool_names, (std::vector<std::string>{"book", "cancel"}));
    EXPECT_EQ(features.ask, "Book it");
}

TEST(ExtractFeatures, EstimatesPromptTokensAtFourBytesEach) {
    const ChatBody body(user(std::string(4'000, 'x')));
    EXPECT_NEAR(static_cast<double>(body.features().prompt_tokens), 1'000.0, 5.0);
}

TEST(ExtractFeatures, ToolNamesAreBoundedInNumberAndLength) {
    std::string tools;
    for (int i = 0; i < 200; ++i) {
        tools += (i == 0 ? "" : ",") + std::string(R"({"type":"function","function":{"name":")") + std::string(300, 'n') + "\"}}";
    }
    const Features features = ChatBody(user("x"), ",\"tools\":[" + tools + "]").features();
    ASSERT_EQ(features.tool_names.size(), 128U);
    EXPECT_EQ(features.tool_names.front().size(), 128U);
}

TEST(ExtractFeatures, OfALongAskTheFirstFourAndTheLastTwoKibibytesStay) {
    const std::string text = "BEGIN " + std::string(4'090, 'a') + std::string(100'000, 'b') + std::string(2'043, 'c') + " END";
    for (const std::size_t size : {text.size(), std::size_t{9'000}}) {
        const std::string shorter = text.substr(0, 4'096) + text.substr(text.size() - (size - 4'096));
        SCOPED_TRACE(size);
        const Features features = ChatBody(user(shorter)).features();
        EXPECT_LE(features.ask.size(), 6U * 1024U);
        EXPECT_GT(features.ask.size(), 4'090U);
        EXPECT_TRUE(features.ask.starts_with("BEGIN " + std::string(4'000, 'a')));
        EXPECT_TRUE(features.ask.ends_with(" END"));
    }
}

TEST(ExtractFeatures, AProseAskKeepsItsWholeShareOfTheBound) {
    std::string text;
    while (text.size() < 50'000) {
        text += "all work and no play ";
    }
    EXPECT_GT(ChatBody(user(text + "END")).features().ask.size(), 6'100U);
}

TEST(ExtractFeatures, AnAskBehindAHugeWrapperIsFound) {
    const std::string reminder = "<system-reminder>" + std::string(300'000, 'x') + "</system-reminder>\n";
    EXPECT_EQ(ChatBody(user(reminder + "Rename the function.")).features().ask, "Rename the function.");
    EXPECT_EQ(ChatBody(user("Rename it. " + reminder)).features().ask, "Rename it.");
    EXPECT_EQ(ChatBody(text_parts({reminder, "Rename the function."})).features().ask, "Rename the function.");
}

TEST(ExtractFeatures, AllAsksTogetherKeepTheByteBound) {
    std::string messages;
    for (int i = 0; i < 6; ++i) {
        messages += (i == 0 ? "" : ",") + user(std::string(20'000, 'x') + " é" + std::to_string(i));
    }
    const ChatBody body(messages);
    for (const std::size_t bound :
         {std::size_t{8'192}, std::size_t{1'000}, std::size_t{100}, std::size_t{10}, std::size_t{1}, std::size_t{0}}) {
        SCOPED_TRACE(bound);
        const Features features = body.features({.ask_bytes_max = bound});
        std::size_t bytes = features.ask.size();
        for (const std::string& ask : features.earlier_asks) {
            bytes += ask.size();
        }
        EXPECT_LE(bytes, bound);
    }
    EXPECT_EQ(body.features().earlier_asks.size(), 3U);
}

TEST(ExtractFeatures, CutsNeverTearACharacter) {
    std::string text;
    while (text.size() < 30'000) {
        text += "日本語。";
    }
    for (const char* prefix : {"", "a", "ab"}) {
        const Features features = ChatBody(user(prefix + text)).features();
        wire::JsonParser parser;
        const std::string json = "\"" + features.ask + "\"";
        std::string without_feeds = json;
        std::replace(without_feeds.begin(), without_feeds.end(), '\n', ' ');
        EXPECT_TRUE(parser.parse(without_feeds)) << "invalid UTF-8 behind the prefix " << prefix;
        EXPECT_EQ(features.language, "han");
    }
}

TEST(ExtractFeatures, EscapedTextIsReadAsItsCharacters) {
    const ChatBody body(R"({"role":"user","content":"\u041f\u0440\u0438\u0432\u0435\u0442 )"
                        R"(\u003csystem-reminder\u003ex\u003c/system-reminder\u003e"})");
    const Features features = body.features();
    EXPECT_EQ(features.ask, "Привет");
    EXPECT_EQ(features.language, "cyrillic");
}

TEST(ExtractFeatures, CodeAndDigitsAreSharesOfTheAsk) {
    const Features features = ChatBody(user("```\n1234\n```")).features();
    EXPECT_EQ(features.code_share, 1.0);
    EXPECT_EQ(features.digit_share, 4.0 / 12.0);
}

TEST(ExtractFeatures, WithoutAUserTurnThereIsNoAsk) {
    const Features features = ChatBody(message("system", "Say hello.")).features();
    EXPECT_EQ(features.ask, "");
    EXPECT_EQ(features.language, "");
    EXPECT_EQ(features.code_share, 0.0);
    EXPECT_EQ(features.turns, 0);
}

TEST(ExtractFeatures, NothingOfTheRequestBeforeIsLeftInReusedFeatures) {
    const ChatBody rich(user("one") + "," + user("две") + "," + user("```\n123\n```"),
                        R"(,"tools":[{"type":"function","function":{"name":"book"}}])");
    const ChatBody poor(message("system", "x"));
    Features features;
    extract_features(rich.request(), features);
    extract_features(poor.request(), features);
    EXPECT_EQ(features.ask, "");
    EXPECT_TRUE(features.earlier_asks.empty());
    EXPECT_TRUE(features.tool_names.empty());
    EXPECT_EQ(features.language, "");
    EXPECT_EQ(features.code_share, 0.0);
    EXPECT_EQ(features.digit_share, 0.0);
    EXPECT_FALSE(features.has_tools);
}

TEST(ExtractFeatures, ReusesItsStrings) {
    const ChatBody body(user("an earlier ask that is long enough to live on the heap") + "," +
                        user("the newest ask, long enough to live on the heap as well"));
    Features features;
    extract_features(body.request(), features);
    const char* const ask = features.ask.data();
    const char* const earlier = features.earlier_asks.front().data();
    extract_features(body.request(), features);
    EXPECT_EQ(features.ask.data(), ask);
    EXPECT_EQ(features.earlier_asks.front().data(), earlier);
}

}  // namespace
}  // namespace tierway::classify
