#include "simulator/verdict.hpp"

#include <gtest/gtest.h>

#include "simulator/answer.hpp"
#include "tierway/simulator/profile.hpp"

namespace tierway::simulator {
namespace {

std::string put_before_a_verifier(const std::string& question, const std::string& answer) {
    return "<request-7f>\nsystem: Be brief.\nuser: " + question + "\n\n</request-7f>\n<answer-7f>\n" + answer + "\n</answer-7f>\n";
}

TEST(Verdict, KnowsRightFromWrong) {
    const auto right = find_judged_answer(put_before_a_verifier("What is 17 * 23?", "The answer is 391."));
    ASSERT_TRUE(right);
    EXPECT_EQ(right->task.kind, TaskKind::Math);
    EXPECT_TRUE(right->right);
    const auto wrong = find_judged_answer(put_before_a_verifier("What is 17 * 23?", "The answer is 390."));
    ASSERT_TRUE(wrong);
    EXPECT_FALSE(wrong->right);
}

TEST(Verdict, IsGivenToVerifiersOnly) {
    EXPECT_FALSE(find_judged_answer("What is 17 * 23?"));
    EXPECT_FALSE(find_judged_answer("<request-7f>"));
    EXPECT_FALSE(find_judged_answer("<request-7f>\nno turn\n</request-7f>\n"));
}

TEST(Verdict, IsRightAsOftenAsTheModelIs) {
    const ModelProfile& small = demo_profiles().front();
    int right = 0;
    constexpr int kRounds = 1000;
    for (int i = 0; i < kRounds; ++i) {
        ChatInput input;
        input.question = put_before_a_verifier("What is " + std::to_string(i) + " * 23?", "The answer is " + std::to_string(i * 23) + ".");
        input.conversation = input.question;
        right += make_answer(small, input, Faults(), 0).text().find("true") != std::string::npos ? 1 : 0;
    }
    // Its skill at sums is .55.
    EXPECT_GT(right, 490);
    EXPECT_LT(right, 610);
}

}  // namespace
}  // namespace tierway::simulator
