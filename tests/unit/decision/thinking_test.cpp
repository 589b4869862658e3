#include "tierway/decision/thinking.hpp"

#include <gtest/gtest.h>

namespace tierway::decision {
namespace {

using config::Thinking;

config::RequestClass class_of(config::ThinkingOrder order) {
    config::RequestClass request_class;
    request_class.thinking = order;
    return request_class;
}

config::Model model_of(Thinking thinking, Efforts efforts = {}) {
    config::Model model;
    model.capabilities.thinking = thinking;
    model.capabilities.efforts = efforts;
    return model;
}

TEST(ThinkingTerms, AreEmptyWhenTheClassOrdersNothing) {
    EXPECT_TRUE(thinking_terms(class_of({}), model_of(Thinking::Effort), std::nullopt).empty());
    EXPECT_TRUE(thinking_terms(class_of({}), model_of(Thinking::Budget), Effort::High).empty());
}

TEST(ThinkingTerms, OfAModelThatDoesNotThinkAreEmpty) {
    EXPECT_TRUE(thinking_terms(class_of({Effort::High, 2'048, true}), model_of(Thinking::None), Effort::Low).empty());
}

TEST(ThinkingTerms, GiveWayToWhatTheRequestSays) {
    const config::RequestClass request_class = class_of({Effort::Low, std::nullopt, false});
    EXPECT_EQ(thinking_terms(request_class, model_of(Thinking::Effort), std::nullopt).effort, Effort::Low);
    EXPECT_TRUE(thinking_terms(request_class, model_of(Thinking::Effort), Effort::High).empty());
}

TEST(ThinkingTerms, ThatAreForcedTakeItsPlace) {
    const ThinkingTerms terms = thinking_terms(class_of({Effort::Low, std::nullopt, true}), model_of(Thinking::Effort), Effort::High);
    EXPECT_EQ(terms.effort, Effort::Low);
    EXPECT_TRUE(terms.forced);
}

TEST(ThinkingTerms, AreInAWordThatTheModelTakes) {
    const config::RequestClass request_class = class_of({Effort::Minimal, std::nullopt, false});
    EXPECT_EQ(thinking_terms(request_class, model_of(Thinking::Effort, {Effort::Low, Effort::High}), std::nullopt).effort, Effort::Low);
    EXPECT_TRUE(thinking_terms(request_class, model_of(Thinking::Effort, {Effort::None}), std::nullopt).empty())
        << "there is no word for thinking";
}

TEST(ThinkingTerms, FindAWordForABudget) {
    const auto effort = [](std::int64_t tokens) {
        return thinking_terms(class_of({std::nullopt, tokens, false}), model_of(Thinking::Effort), std::nullopt).effort;
    };
    EXPECT_EQ(effort(0), Effort::None);
    EXPECT_EQ(effort(1), Effort::Low);
    EXPECT_EQ(effort(1'024), Effort::Low);
    EXPECT_EQ(effort(1'025), Effort::Medium);
    EXPECT_EQ(effort(4'096), Effort::Medium);
    EXPECT_EQ(effort(16'384), Effort::High);
    EXPECT_EQ(effort(1'000'000), Effort::Max);
}

TEST(ThinkingTerms, KeepTheNumberForModelsThatAreToldByOne) {
    const config::RequestClass request_class = class_of({Effort::High, 3'000, false});
    EXPECT_EQ(thinking_terms(request_class, model_of(Thinking::Budget), std::nullopt).budget_tokens, 3'000);
    EXPECT_EQ(thinking_terms(request_class, model_of(Thinking::Effort), std::nullopt).budget_tokens, std::nullopt);
}

TEST(ThinkingTokens, AreTheBudgetElseWhatGoesWithTheEffort) {
    const config::Model by_number = model_of(Thinking::Budget);
    const config::Model by_word = model_of(Thinking::Effort);
    EXPECT_EQ(thinking_tokens_assumed(class_of({Effort::High, 3'000, false}), by_number, std::nullopt), 3'000);
    EXPECT_EQ(thinking_tokens_assumed(class_of({Effort::High, 3'000, false}), by_word, std::nullopt), 16'384);
    EXPECT_EQ(thinking_tokens_assumed(class_of({Effort::High, std::nullopt, false}), by_word, Effort::Low), 1'024)
        << "the request's own word";
    EXPECT_EQ(thinking_tokens_assumed(class_of({Effort::High, std::nullopt, true}), by_word, Effort::Low), 16'384);
    EXPECT_EQ(thinking_tokens_assumed(class_of({}), by_word, Effort::None), 0);
    EXPECT_EQ(thinking_tokens_assumed(class_of({}), by_word, std::nullopt), 0) << "nobody has said anything";
    EXPECT_EQ(thinking_tokens_assumed(class_of({}), model_of(Thinking::None), Effort::Max), 0);
    EXPECT_EQ(thinking_tokens_assumed(class_of({}), model_of(Thinking::Effort, {Effort::None}), Effort::High), 0);
}

}  // namespace
}  // namespace tierway::decision
