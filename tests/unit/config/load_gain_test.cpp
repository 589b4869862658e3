#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kCode = "{tier: mid}";
constexpr std::string_view kLog = "log: {level: info}";
constexpr std::string_view kCalibrated = "log: {level: info}\ncalibration: {file: learnt.twq}";

std::string replaced(std::string_view whole, std::string_view from, std::string_view to) {
    std::string text(whole);
    return text.replace(text.find(from), from.size(), to);
}

std::string with(std::string_view gain) {
    std::string text = replaced(kValidText, kLog, kCalibrated);
    return replaced(text, kCode, "{tier: mid, escalate: {to: frontier, gain: " + std::string(gain) + "}}");
}

std::optional<GainRule> rule_of(std::string_view gain) {
    const LoadResult result = load_yaml(with(gain));
    EXPECT_NE(result.snapshot, nullptr) << report_of(result.problems);
    return result.snapshot ? result.snapshot->request_class(*result.snapshot->find_class("code")).escalation->gain : std::nullopt;
}

std::string problems_of(std::string_view gain) {
    return report_of(load_yaml(with(gain)).problems);
}

TEST(LoadGain, ReadsEveryKnob) {
    EXPECT_EQ(rule_of("{quality: 0.99}")->knob, GainKnob::Quality);
    EXPECT_EQ(rule_of("{cost_share: 0.4}")->knob, GainKnob::CostShare);
    EXPECT_EQ(rule_of("{accepted_error_max: 0.05}")->knob, GainKnob::AcceptedErrorMax);
    const auto lambda = rule_of("{lambda: 31.5, decide: ask}");
    EXPECT_EQ(lambda->knob, GainKnob::Lambda);
    EXPECT_EQ(lambda->value, 31.5);
    EXPECT_EQ(lambda->time, GainTime::Ask);
}

TEST(LoadGain, FindsTheFileBesideTheConfiguration) {
    const LoadResult result = load_text(with("{quality: 0.9}"), "/etc/tierway/policy.yaml", PriceCatalogue::built_in(), test_environment());
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->calibration_file, "/etc/tierway/learnt.twq");
}

TEST(LoadGain, RefusesWhatDecidesTwiceOrNotAtAll) {
    EXPECT_NE(problems_of("{}").find("needs exactly one of `lambda`"), std::string::npos);
    EXPECT_NE(problems_of("{quality: 0.9, lambda: 3}").find("needs exactly one of `lambda`"), std::string::npos);
    EXPECT_NE(problems_of("{quality: 1.5}").find("must be a number from 0 to 1"), std::string::npos);
    EXPECT_NE(problems_of("{lambda: -1}").find("must be a plain number from 0"), std::string::npos);
    EXPECT_NE(problems_of("{quality: 0.9, decide: now}").find("must be `draft` or `ask`"), std::string::npos);
    EXPECT_NE(problems_of("{accepted_error_max: 0.1, decide: ask}").find("there is none to be judged"), std::string::npos);
    EXPECT_NE(problems_of("{lambda: 3, decide: ask}, explore: 0.1").find("is about drafts"), std::string::npos);
    EXPECT_EQ(problems_of("{lambda: 3}, explore: 0.1"), "");
    EXPECT_NE(problems_of("{quality: 0.9}, below: 0.5").find("must not stand beside `gain`"), std::string::npos);
}

TEST(LoadGain, NeedsACalibration) {
    const std::string text = replaced(kValidText, kCode, "{tier: mid, escalate: {to: frontier, gain: {quality: 0.9}}}");
    EXPECT_NE(report_of(load_yaml(text).problems).find("needs the section `calibration`"), std::string::npos);
}

}  // namespace
}  // namespace tierway::config::test
