// How well agreement of two recorded models tells right from wrong. Needs recorded outcomes, which are not part of the sources:
// the folder that holds them is named by TIERWAY_OUTCOMES, and without it there is nothing to measure.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "tierway/cascade/final_answer.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::cascade {
namespace {

struct Counts {
    double rows = 0;
    double right = 0;      ///< Answers given: the cheap one where both agree, else the strong one.
    double escalated = 0;
    double both_right_and_different = 0;  ///< Spellings that we do not see through.
    double agreed_wrong = 0;
    double draft_absent = 0;
    double draft_absent_right = 0;
    double second_absent = 0;
    double second_absent_right = 0;
    double agreed = 0;
    double differ = 0;
    double differ_right = 0;
};

void count(const wire::JsonValue& row, Counts& counts) {
    const wire::JsonValue answers = row.find("answers");
    const wire::JsonValue cheap = answers.find("openai/gpt-4o-mini");
    const wire::JsonValue second = answers.find("meta/llama-3.1-8b");
    const auto is_right = [](const wire::JsonValue& answer) { return answer.find("acceptable").integer().value_or(0) == 1; };
    const auto draft = final_answer(cheap.find("text").to_string());
    const auto opinion = final_answer(second.find("text").to_string());
    const bool same = draft && opinion && same_answer(*draft, *opinion);
    ++counts.rows;
    counts.escalated += same ? 0 : 1;
    counts.right += is_right(same ? cheap : answers.find("openai/gpt-4o")) ? 1 : 0;
    counts.draft_absent += draft ? 0 : 1;
    counts.draft_absent_right += !draft && is_right(cheap) ? 1 : 0;
    counts.second_absent += draft && !opinion ? 1 : 0;
    counts.second_absent_right += draft && !opinion && is_right(cheap) ? 1 : 0;
    counts.agreed += same ? 1 : 0;
    counts.agreed_wrong += same && !is_right(cheap) ? 1 : 0;
    counts.differ += draft && opinion && !same ? 1 : 0;
    counts.differ_right += draft && opinion && !same && is_right(cheap) ? 1 : 0;
    if (is_right(cheap) && is_right(second) && !same) {
        ++counts.both_right_and_different;
        std::cerr << "  unseen: " << (draft ? draft->text : "(none)") << " | " << (opinion ? opinion->text : "(none)") << '\n';
    }
}

TEST(RecordedAgreement, AcceptsWhatTwoModelsAgreeOnAtLittleLoss) {
    const char* const folder = std::getenv("TIERWAY_OUTCOMES");
    if (folder == nullptr) {
        GTEST_SKIP() << "TIERWAY_OUTCOMES names no folder";
    }
    Counts all;
    for (const std::string suite : {"gsm", "crux", "math-l5"}) {
        std::ifstream file(std::string(folder) + "/zeroeval_" + suite + ".jsonl");
        Counts counts;
        wire::JsonParser parser;
        for (std::string line; std::getline(file, line);) {
            const auto row = parser.parse(line);
            ASSERT_TRUE(row);
            count(*row, counts);
            count(*row, all);
        }
        std::cerr << suite << ": rows " << counts.rows << ", quality " << counts.right / counts.rows << ", escalated "
                  << counts.escalated / counts.rows << ", agreed " << counts.agreed << " wrong " << counts.agreed_wrong
                  << ", differ " << counts.differ << " right " << counts.differ_right << ", no draft answer "
                  << counts.draft_absent << " right " << counts.draft_absent_right << ", no second answer "
                  << counts.second_absent << " right " << counts.second_absent_right << '\n';
    }
    std::cerr << "all: quality " << all.right / all.rows << ", escalated " << all.escalated / all.rows << '\n';
    EXPECT_GE(all.right / all.rows, 0.82);
    EXPECT_LE(all.escalated / all.rows, 0.45);
}

}  // namespace
}  // namespace tierway::cascade
