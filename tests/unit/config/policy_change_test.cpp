#include "tierway/config/policy_change.hpp"

#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

Result<std::string> rewritten(const PolicyChange& change, const std::string& file = "") {
    return change_policy(kValidText, std::span(&change, 1), file);
}

TEST(PolicyChange, BindsAClassToAnotherTier) {
    const auto text = rewritten({.request_class = "chat", .tier = "frontier", .escalates = false, .lambda = {}});
    ASSERT_TRUE(text);
    const LoadResult result = load_yaml(*text);
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems) << *text;
    const RequestClass& chat = result.snapshot->request_class(*result.snapshot->find_class("chat"));
    EXPECT_EQ(result.snapshot->tier(chat.tier).name, "frontier");
    EXPECT_FALSE(chat.escalation);
}

TEST(PolicyChange, ReplacesAThresholdByALambda) {
    const auto text = rewritten({.request_class = "chat", .tier = {}, .escalates = true, .lambda = 12.34567}, "learnt.twq");
    ASSERT_TRUE(text);
    const LoadResult result = load_yaml(*text);
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems) << *text;
    const auto& gain = result.snapshot->request_class(*result.snapshot->find_class("chat")).escalation->gain;
    ASSERT_TRUE(gain);
    EXPECT_EQ(gain->knob, GainKnob::Lambda);
    EXPECT_EQ(gain->value, 12.3457);
    EXPECT_EQ(result.snapshot->calibration_file, "learnt.twq");
}

TEST(PolicyChange, RefusesAClassThatIsNotThere) {
    EXPECT_FALSE(rewritten({.request_class = "nobody", .tier = {}, .escalates = false, .lambda = {}}));
    const PolicyChange none{.request_class = "chat", .tier = {}, .escalates = false, .lambda = {}};
    EXPECT_FALSE(change_policy("{", std::span(&none, 1), ""));
    EXPECT_FALSE(change_policy("just text", std::span(&none, 1), ""));
}

}  // namespace
}  // namespace tierway::config::test
