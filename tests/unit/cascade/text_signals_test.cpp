// completeness, hedging and degenerate: the signals that need nothing but the answer's text.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tierway/cascade/signals.hpp"

namespace tierway::cascade {
namespace {

using dialect::AnswerChoice;
using dialect::FinishReason;

AnswerChoice answer(std::string content, FinishReason reason = FinishReason::Stop) {
    AnswerChoice choice;
    choice.content = std::move(content);
    choice.finish_reason = reason;
    return choice;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

constexpr std::string_view kProse =
    "Photosynthesis turns light into chemical energy. Inside the chloroplast, pigments absorb photons and pass their energy to a "
    "reaction centre, where water is split, oxygen is released, and electrons begin to move along a chain of carriers. The "
    "gradient "
    "of protons that this builds up drives the synthesis of ATP. In a second stage, which needs no light of its own, the enzyme "
    "RuBisCO fixes carbon dioxide onto a sugar of five carbons, and the cell spends ATP and NADPH to reduce the product to "
    "glyceraldehyde, from which it later makes glucose, starch and cellulose. The rate depends on light, temperature and water. ";

TEST(Completeness, JudgesHowTheAnswerEnded) {
    struct Row {
        std::string_view name;
        AnswerChoice choice;
        double score;
        bool fatal;
    };
    AnswerChoice refused = answer("");
    refused.refusal = "No.";
    AnswerChoice called = answer("", FinishReason::ToolCalls);
    called.tool_calls = {{"now", "{}"}};
    AnswerChoice cut_call = called;
    cut_call.finish_reason = FinishReason::Length;
    const std::vector<Row> rows = {
        {"complete", answer("Paris"), 1.0, false},
        {"tool call without text", called, 1.0, false},
        {"cut at the token limit", answer("Par", FinishReason::Length), 0.0, true},
        {"tool call cut at the token limit", cut_call, 0.0, true},
        {"filtered", answer("Par", FinishReason::ContentFilter), 0.0, true},
        {"no finish reason", answer("Paris", FinishReason::None), 0.0, true},
        {"refused", refused, 0.1, false},
        {"empty", answer(""), 0.0, true},
        {"blank", answer(" \n\t "), 0.0, true},
        {"unknown finish reason", answer("Paris", FinishReason::Other), 0.5, false},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const auto signal = completeness_signal(row.choice, Expectation{});
        ASSERT_TRUE(signal);
        EXPECT_EQ(signal->score, row.score);
        EXPECT_EQ(signal->fatal, row.fatal);
        EXPECT_FALSE(signal->reason.empty());
    }
}

TEST(Completeness, DoesNotBlameTheModelForTheClientsOwnLimit) {
    Expectation limited;
    limited.output_limited = true;
    const auto signal = completeness_signal(answer("Par", FinishReason::Length), limited);
    ASSERT_TRUE(signal);
    EXPECT_FALSE(signal->fatal);
    EXPECT_EQ(signal->score, 0.5);
}

TEST(Hedging, FiresOnPhrasesOfNotKnowing) {
    const std::vector<std::string_view> hedges = {
        "I'm not sure.",
        "I\u2019m not sure about that.",
        "i am NOT\n  sure",
        "I cannot determine the answer from the text.",
        "As an AI language model, I have no opinion.",
        "It is unclear whether the contract was signed.",
        "I don't have enough information to answer.",
        "Unfortunately, I do not know.",
        "(I might be wrong)",
        "The date cannot be determined.",
        "I'm sorry, but I can only guess.",
    };
    for (const std::string_view text : hedges) {
        SCOPED_TRACE(text);
        const auto signal = hedging_signal(answer(std::string(text)));
        ASSERT_TRUE(signal);
        EXPECT_LT(signal->score, 0.05);
        EXPECT_FALSE(signal->fatal);
    }
}

TEST(Hedging, StaysSilentOnPlainAnswers) {
    const std::vector<std::string_view> plain = {
        "Paris",
        "The measure is not sure-fire, but it works.",
        "He asked: who am I? I am certain.",
        "Maybe take the train; it is generally faster and seems cheaper.",
        "As an AI researcher at the institute, she leads a group of six.",
        "Alibi: I knowingly signed.",
        "It is unclearly written.",
        "I'm notably fond of it.",
        kProse,
    };
    for (const std::string_view text : plain) {
        SCOPED_TRACE(text);
        EXPECT_EQ(hedging_signal(answer(std::string(text)))->score, 1.0);
    }
}

TEST(Hedging, FallsWithNumberAndProminence) {
    const std::string body = repeated(kProse, 4);
    const auto score = [](const std::string& text) { return hedging_signal(answer(text))->score; };
    const double none = score(body);
    const double middle = score(body + "It is unclear why. " + body);
    const double opening = score("I'm not sure. " + body + body);
    const double twice = score("I'm not sure. " + body + body + "I might be wrong.");
    const double alone = score("I'm not sure.");
    EXPECT_GT(none, middle);
    EXPECT_GT(middle, opening);
    EXPECT_GT(opening, twice);
    EXPECT_GT(twice, alone);
}

TEST(Hedging, ReadsBothEndsOfLongAnswersAndNoMore) {
    const std::string filler = repeated(kProse, 20);
    ASSERT_GT(filler.size(), 8192U);
    const auto score = [](const std::string& text) { return hedging_signal(answer(text))->score; };
    EXPECT_LT(score("I don't know. " + filler), 1.0);
    EXPECT_LT(score(filler + "I don't know."), 1.0);
    EXPECT_EQ(score(filler + "I don't know. " + filler), 1.0);
}

TEST(Hedging, IsAbsentWithoutText) {
    EXPECT_EQ(hedging_signal(answer("")), std::nullopt);
}

std::string json_rows() {
    std::string text = "[\n";
    for (int i = 0; i < 60; ++i) {
        text += R"(  {"id": )" + std::to_string(i) + R"(, "name": "product )" + std::to_string(i * 7) + R"(", "price": )" +
                std::to_string(i * 13 % 50) + R"(, "in_stock": true, "currency": "EUR"},)" + "\n";
    }
    return text + "]";
}

std::string table_rows() {
    std::string text = "| Day | Open | Close | Staff | Note |\n|-----|------|-------|-------|------|\n";
    for (int i = 1; i <= 31; ++i) {
        text += "| " + std::to_string(i) + " March | 09:00 | 17:30 | " + std::to_string(i % 4 + 2) + " people | open |\n";
    }
    return text;
}

std::string test_code() {
    std::string text = "#include <gtest/gtest.h>\n\n";
    for (int i = 0; i < 25; ++i) {
        const std::string n = std::to_string(i);
        text += "TEST(Sum, Case" + n + ") {\n    Calculator calculator;\n    const auto result = calculator.add(" + n + ", " +
                std::to_string(i * i) + ");\n    EXPECT_TRUE(result.has_value());\n    EXPECT_EQ(*result, " +
                std::to_string(i + i * i) + ");\n}\n\n";
    }
    return text;
}

std::string song() {
    std::string text;
    for (int bottles = 12; bottles > 8; --bottles) {
        text += std::to_string(bottles) + " green bottles hanging on the wall,\n" + std::to_string(bottles) +
                " green bottles hanging on the wall,\nAnd if one green bottle should accidentally fall,\nThere'd be " +
                std::to_string(bottles - 1) + " green bottles hanging on the wall.\n\n";
    }
    return text;
}

TEST(Degenerate, StaysSilentOnOrdinaryAnswers) {
    const std::vector<std::pair<std::string_view, std::string>> rows = {
        {"one word", "Paris"},
        {"prose", std::string(kProse)},
        {"JSON with the same keys in every row", json_rows()},
        {"table", table_rows()},
        {"a row of tests", test_code()},
        {"song with a refrain", song()},
        {"a ruler", "Title\n" + std::string(80, '=') + "\n\nText follows here."},
        {"an empty form", repeated("| ____ | ____ | ____ |\n", 12)},
        {"short list of one word", repeated("yes\n", 10)},
        {"a quoted paragraph, twice", std::string(kProse) + "In short:\n> " + std::string(kProse)},
    };
    for (const auto& [name, text] : rows) {
        SCOPED_TRACE(name);
        const auto signal = degenerate_signal(answer(text), {});
        ASSERT_TRUE(signal);
        EXPECT_GE(signal->score, 0.9) << signal->reason;
        EXPECT_FALSE(signal->fatal);
    }
}

TEST(Degenerate, FiresOnLoops) {
    const std::string start(kProse);
    std::string drifting = start;
    for (int i = 0; i < 40; ++i) {
        drifting += "Therefore the value of x is equal to the value of y minus one, so we continue with the next step. ";
        drifting += i % 9 == 0 ? "Now. " : "";
    }
    const std::vector<std::pair<std::string_view, std::string>> rows = {
        {"one sentence over and over", start + repeated("So the answer is that the answer is not the answer. ", 60)},
        {"a paragraph over and over", repeated(kProse, 12)},
        {"one word over and over", "The result: " + repeated("very ", 300)},
        {"digits without spaces", "0.1" + repeated("428571", 150)},
        {"one character", "Oh n" + std::string(700, 'o')},
        {"a loop with small variations", drifting},
        {"a loop of line feeds and words", start + repeated("\\frac{1}{2}\n", 100)},
    };
    for (const auto& [name, text] : rows) {
        SCOPED_TRACE(name);
        EXPECT_LT(degenerate_signal(answer(text), {})->score, 0.5);
    }
    EXPECT_TRUE(degenerate_signal(answer(rows[1].second), {})->fatal);
}

TEST(Degenerate, SeesTheLoopAtTheEndOfAVeryLongAnswer) {
    std::string text;
    for (int i = 0; i < 20'000; ++i) {
        text += "word" + std::to_string(i) + " ";
    }
    EXPECT_EQ(degenerate_signal(answer(text), {})->score, 1.0);
    EXPECT_LT(degenerate_signal(answer(text + repeated("and so on it goes for ever, ", 800)), {})->score, 0.2);
}

TEST(Degenerate, ComparesWithTheTurnBefore) {
    Expectation expected;
    expected.previous_answer = kProse;
    EXPECT_LT(degenerate_signal(answer(std::string(kProse)), expected)->score, 0.3);
    EXPECT_FALSE(degenerate_signal(answer(std::string(kProse)), expected)->fatal);

    // What a revision changes, two words of a page, keeps most of the text.
    std::string revised(kProse);
    revised.replace(revised.find("five carbons"), 12, "six carbons");
    revised.replace(revised.find("photons"), 7, "light");
    EXPECT_EQ(degenerate_signal(answer(revised), expected)->score, 1.0);
    EXPECT_EQ(degenerate_signal(answer("Something else entirely."), expected)->score, 1.0);

    expected.previous_answer = "Done. The file was saved.";
    EXPECT_EQ(degenerate_signal(answer("Done. The file was saved."), expected)->score, 1.0);
}

TEST(Degenerate, ComparesLongTurnsUpToTheBound) {
    std::string text;
    for (int i = 0; i < 5'000; ++i) {
        text += "word" + std::to_string(i) + " ";
    }
    Expectation expected;
    expected.previous_answer = text.substr(0, 8192);
    EXPECT_LT(degenerate_signal(answer(text), expected)->score, 0.3);
}

TEST(Degenerate, IsAbsentWithoutText) {
    EXPECT_EQ(degenerate_signal(answer(""), {}), std::nullopt);
}

TEST(TextSignals, SurviveAnyBytes) {
    std::string bytes;
    for (int i = 0; i < 4096; ++i) {
        bytes += static_cast<char>(i * 37 % 256);
    }
    for (std::size_t size = 0; size < 64; ++size) {
        const AnswerChoice choice = answer(bytes.substr(size, size));
        EXPECT_EQ(hedging_signal(choice).has_value(), size > 0);
        EXPECT_EQ(degenerate_signal(choice, {}).has_value(), size > 0);
    }
    EXPECT_TRUE(hedging_signal(answer(bytes)));
    EXPECT_TRUE(hedging_signal(answer("\xe2\x80")));
    EXPECT_TRUE(hedging_signal(answer(std::string(9'000, '\0'))));
}

}  // namespace
}  // namespace tierway::cascade
