#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kCode = "{tier: mid}";
constexpr std::string_view kWhen = "{has_tools: true}";
constexpr std::string_view kAliases = "{gpt-4o: auto}";

TEST(LoadClasses, ReportsMistakesAtTheirPlace) {
    expect_problems(std::to_array<Mistake>({
        {"no tier", kCode, "^{on_denied: serve}", "`classes.code` lacks `tier`"},
        {"unknown tier", kCode, "{tier: ^md}", "names the tier `md`, which `tiers` does not have."},
        {"near tier", kCode, "{tier: ^frontir}", "Did you mean `frontier`?"},
        {"class that is a value", kCode, "^mid", "`classes.code` must be a mapping"},
        {"unknown key", kCode, "{tier: mid, ^max_teir: mid}", "Did you mean `max_tier`?"},
        {"class name", "  code: {tier: mid}", "  code: {tier: mid}\n  ^\"a/b\": {tier: mid}",
         "The class name `a/b` must be 1 to 64"},
        {"escalation to itself", kCode, "{tier: mid, escalate: {to: ^mid, below: 0.5}}", "must be a tier above `mid`"},
        {"escalation downwards", kCode, "{tier: mid, escalate: {to: ^small, below: 0.5}}", "must be a tier above `mid`"},
        {"escalation to nowhere", kCode, "{tier: mid, escalate: {to: ^top, below: 0.5}}",
         "`classes.code.escalate.to` names the tier `top`"},
        {"escalation without threshold", kCode, "{tier: mid, escalate: ^{to: frontier}}", "lacks `below`"},
        {"escalation without target", kCode, "{tier: mid, escalate: ^{below: 0.5}}", "lacks `to`"},
        {"threshold above one", kCode, "{tier: mid, escalate: {to: frontier, below: ^1.1}}",
         "must be a number from 0 to 1, not `1.1`"},
        {"threshold below zero", kCode, "{tier: mid, escalate: {to: frontier, below: ^-0.1}}", "must be a number from 0 to 1"},
        {"threshold in per cent", kCode, "{tier: mid, escalate: {to: frontier, below: ^80%}}", "must be a number from 0 to 1"},
        {"exploring more than all", kCode, "{tier: mid, escalate: {to: frontier, below: 0.5, explore: ^1.5}}",
         "must be a number from 0 to 1"},
        {"exploring nothing", kCode, "{tier: mid, escalate: {to: frontier, below: 0.5, explore: ^0}}",
         "`classes.code.escalate.explore` must be above 0"},
        {"ceiling below the tier", kCode, "{tier: mid, max_tier: ^small}", "must not be below `mid`, the class's own tier"},
        {"ceiling below the escalation", "chat: {tier: small, ", "chat: {tier: small, max_tier: ^mid, ",
         "must not be below `frontier`"},
        {"unknown denial", kCode, "{tier: mid, on_denied: ^deny}", "must be `serve` or `reject`, not `deny`."},
        {"unknown stay", kCode, "{tier: mid, stay: ^outside}", "must be `inside`, not `outside`."},
        {"nothing inside", kCode, "{tier: mid, stay: ^inside}", "needs a model inside the boundary on the tier `mid`"},
        {"unknown recovery", kCode, "{tier: mid, recovery: ^buffer}",
         "must be `fail`, `buffered` or `continue`, not `buffer`. Did you mean `buffered`?"},
        {"misspelt recovery", kCode, "{tier: mid, ^recover: fail}", "Did you mean `recovery`?"},
        {"buffer without unit", kCode, "{tier: mid, buffer_max: ^256KB}", "must be a size in bytes"},
        {"buffer too small", kCode, "{tier: mid, buffer_max: ^1023}", "must be from 1KiB to 16MiB, not `1023`"},
        {"buffer too large", kCode, "{tier: mid, buffer_max: ^17MiB}", "must be from 1KiB to 16MiB, not `17MiB`"},
        {"unknown way out", kCode, "{tier: mid, when_tier_is_down: ^clim}",
         "must be `fail` or `climb`, not `clim`. Did you mean `climb`?"},
        {"quality bar in per cent", kCode, "{tier: mid, quality_bar: ^97}", "must be a number from 0 to 1, not `97`"},
        {"unknown hold", kCode, "{tier: mid, hold: ^none}", "must be `answer`, not `none`."},
    }));
}

TEST(LoadClasses, ReportsMistakesOfTheClassifier) {
    expect_problems(std::to_array<Mistake>({
        {"unknown default", "default_class: chat", "default_class: ^chatt",
         "names the class `chatt`, which `classes` does not have. Did you mean `chat`?"},
        {"no default", "  default_class: chat\n  rules", "  ^rules", "`classifier` lacks `default_class`"},
        {"rules that are a mapping", "rules:\n    - {class: code, when: {has_tools: true}}", "rules: ^{}", "must be a list"},
        {"rule that is a value", "{class: code, when: {has_tools: true}}", "^code", "`classifier.rules[1]` must be a mapping"},
        {"rule without class", "{class: code, when", "^{when", "`classifier.rules[1]` lacks `class`"},
        {"rule of unknown class", "{class: code, when", "{class: ^cod, when", "Did you mean `code`?"},
        {"rule without conditions", "{class: code, when: {has_tools: true}}", "^{class: code}", "lacks `when`"},
        {"empty conditions", kWhen, "^{}", "has no condition, so the rule would always match"},
        {"unknown condition", kWhen, "{^has_tool: true}", "Did you mean `has_tools`?"},
        {"YAML 1.1 truth", kWhen, "{has_tools: ^yes}", "must be `true` or `false`, not `yes`"},
        {"quoted truth", kWhen, "{has_tools: ^\"true\"}", "must be written without quotes"},
        {"capital truth", kWhen, "{has_image: ^True}", "must be `true` or `false`, not `True`"},
        {"broken pattern", kWhen, "{text: ^\"(a\"}", "is not a regular expression (RE2 syntax): missing ): (a"},
        {"pattern of RE2's limits", kWhen, "{text: ^\"((a{100}){100}){100}\"}", "is not a regular expression (RE2 syntax)"},
        {"empty pattern", kWhen, "{text: ^\"\"}", "is empty, so it would match every text"},
        {"empty glob", kWhen, "{tool_named: ^\"\"}", "must not be empty"},
        {"range the wrong way round", kWhen, "{prompt_tokens_min: 5, prompt_tokens_max: ^4}", "is less than `prompt_tokens_min`"},
        {"negative tokens", kWhen, "{turns_min: ^-1}", "must be a whole number from 0"},
        {"share above one", kWhen, "{code_share_min: ^30}", "must be a number from 0 to 1"},
    }));
}

TEST(LoadClasses, ReportsMistakesOfAliases) {
    expect_problems(std::to_array<Mistake>({
        {"alias of an alias", kAliases, "{a: ^b, b: auto}", "`aliases.a` stands for another alias, `b`"},
        {"alias of itself", kAliases, "{a: ^a}", "stands for another alias"},
        {"unknown target", kAliases, "{a: ^openai/gpt-5-mni}", "Did you mean `openai/gpt-5-mini`?"},
        {"unknown tier", kAliases, "{a: ^\"tier:smal\"}", "Did you mean `tier:small`?"},
        {"auto itself", kAliases, "{^auto: openai/gpt-5}", "The alias name `auto` already has a meaning of its own."},
        {"tier itself", kAliases, "{^\"tier:x\": auto}", "already has a meaning of its own"},
        {"configured model", kAliases, "{^openai/gpt-5: auto}", "is a configured model"},
        {"name with a space", kAliases, "{^a b: auto}", "visible ASCII characters"},
        {"list", kAliases, "{a: ^[auto]}", "not a list."},
        {"nothing", kAliases, "{^a: }", "not nothing."},
    }));
}

TEST(LoadClasses, WarnsOfDoubts) {
    expect_warnings(std::to_array<Mistake>({
        {"climb that cannot happen", "chat: {tier: small, ", "chat: {tier: small, stay: ^inside, ",
         "`classes.chat.escalate.to` can never happen"},
        {"continuation without a model for it", kCode, "{tier: mid, recovery: ^continue}",
         "`classes.code.recovery` can never continue an answer: no model of the tier `mid` lists `prefill` under `supports`."},
        {"climb out of a tier that may not be left", kCode, "{tier: mid, when_tier_is_down: ^climb}",
         "`classes.code.when_tier_is_down` can never climb: nothing of this class goes above `mid`"},
        {"pattern that matches everything", kWhen, "{text: ^\"x*\"}", "matches the empty text"},
    }));
}

TEST(LoadClasses, ResolvesBindingEscalationAndCeiling) {
    const LoadResult result = load_yaml(changed(
        kCode, "{tier: small, max_tier: frontier, on_denied: reject, stay: inside, hold: answer}\n  routing: {tier: mid}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Snapshot& snapshot = *result.snapshot;
    const RequestClass& chat = snapshot.request_class(snapshot.find_class("chat").value());
    EXPECT_EQ(chat.tier, snapshot.find_tier("small"));
    ASSERT_TRUE(chat.escalation.has_value());
    EXPECT_EQ(chat.escalation->to, snapshot.find_tier("frontier"));
    EXPECT_DOUBLE_EQ(chat.escalation->below, 0.6);
    EXPECT_DOUBLE_EQ(chat.escalation->explore, 0.05) << "by default";
    EXPECT_EQ(chat.max_tier, snapshot.find_tier("frontier")) << "the escalation's tier by default";
    EXPECT_EQ(chat.on_denied, OnDenied::Serve);
    EXPECT_FALSE(chat.stay_inside);
    const RequestClass& code = snapshot.request_class(snapshot.find_class("code").value());
    EXPECT_FALSE(code.escalation.has_value());
    EXPECT_EQ(code.max_tier, snapshot.find_tier("frontier"));
    EXPECT_EQ(code.on_denied, OnDenied::Reject);
    EXPECT_TRUE(code.stay_inside);
    const RequestClass& routing = snapshot.request_class(snapshot.find_class("routing").value());
    EXPECT_EQ(routing.max_tier, snapshot.find_tier("mid")) << "the bound tier by default";
}

TEST(LoadClasses, ReadsHowManyDraftsAreAskedForAtAnyCost) {
    const LoadResult result = load_yaml(changed(kCode, "{tier: mid, escalate: {to: frontier, below: 0.5, explore: 1}}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->request_class(result.snapshot->find_class("code").value()).escalation->explore, 1.0);
}

TEST(LoadClasses, ReadsTheQualityBarAndAsksNothingWithoutOne) {
    const LoadResult result = load_yaml(changed(kCode, "{tier: mid, quality_bar: 0.97}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Snapshot& snapshot = *result.snapshot;
    EXPECT_EQ(snapshot.request_class(snapshot.find_class("code").value()).quality_bar, 0.97);
    EXPECT_FALSE(snapshot.request_class(snapshot.find_class("chat").value()).quality_bar);
}

TEST(LoadClasses, ReadsWhatHappensWhenUpstreamsFail) {
    const LoadResult result = load_yaml(
        changed("  code: {tier: mid}",
                "  code: {tier: mid, max_tier: frontier, when_tier_is_down: climb, recovery: buffered, buffer_max: 16MiB}\n"
                "  math: {tier: mid, recovery: fail, when_tier_is_down: fail}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_TRUE(result.warnings.empty()) << report_of(result.warnings);
    const Snapshot& snapshot = *result.snapshot;
    const RequestClass& code = snapshot.request_class(snapshot.find_class("code").value());
    EXPECT_EQ(code.recovery, Recovery::Buffered);
    EXPECT_EQ(code.buffer_bytes_max, std::size_t{16} << 20U);
    EXPECT_EQ(code.when_tier_is_down, WhenTierIsDown::Climb);
    for (const std::string_view name : {"chat", "math"}) {
        const RequestClass& other = snapshot.request_class(snapshot.find_class(name).value());
        EXPECT_EQ(other.recovery, Recovery::Fail);
        EXPECT_EQ(other.buffer_bytes_max, std::size_t{256} << 10U);
        EXPECT_EQ(other.when_tier_is_down, WhenTierIsDown::Fail);
    }
}

TEST(LoadClasses, MayContinueOnATierWithAModelThatSupportsPrefill) {
    std::string text = changed("{tier: mid}", "{tier: small, recovery: continue}");
    const std::string_view price = "{price: {input: 0.05, output: 0.1}}";
    text.replace(text.find(price), price.size(), "{supports: [prefill], price: {input: 0.05, output: 0.1}}");
    const LoadResult result = load_yaml(text);
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_TRUE(result.warnings.empty()) << report_of(result.warnings);
    EXPECT_EQ(result.snapshot->request_class(result.snapshot->find_class("code").value()).recovery, Recovery::Continue);
}

TEST(LoadClasses, ReadsEveryConditionOfARule) {
    const LoadResult result = load_yaml(changed(
        kWhen,
        "{has_image: false, has_audio: true, has_tools: false, json_schema: true, last_turn_is_tool_result: false, tool_named: "
        "\"computer*\", prompt_tokens_min: 1, prompt_tokens_max: 2, turns_min: 3, turns_max: 4, code_share_min: 0.25, text: "
        "'(?i)\\bsum\\b'}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    ASSERT_EQ(result.snapshot->classifier.rules.size(), 1U);
    const Rule& rule = result.snapshot->classifier.rules.front();
    EXPECT_EQ(rule.request_class, result.snapshot->find_class("code"));
    EXPECT_EQ(rule.when.has_image, false);
    EXPECT_EQ(rule.when.has_audio, true);
    EXPECT_EQ(rule.when.has_tools, false);
    EXPECT_EQ(rule.when.json_schema, true);
    EXPECT_EQ(rule.when.last_turn_is_tool_result, false);
    EXPECT_EQ(rule.when.tool_named, "computer*");
    EXPECT_EQ(rule.when.prompt_tokens_min, 1);
    EXPECT_EQ(rule.when.prompt_tokens_max, 2);
    EXPECT_EQ(rule.when.turns_min, 3);
    EXPECT_EQ(rule.when.turns_max, 4);
    EXPECT_EQ(rule.when.code_share_min, 0.25);
    ASSERT_TRUE(rule.when.text.has_value());
    EXPECT_TRUE(rule.when.text->found_in("the SUM of it"));
    EXPECT_FALSE(rule.when.text->found_in("summary"));
}

TEST(LoadClasses, AnAliasMayHoldASlashAndStandForAnything) {
    const LoadResult result = load_yaml(changed(kAliases, "{gpt-4o: auto, vendor/old: \"tier:mid\", best: openai/gpt-6-astra}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->aliases.at("gpt-4o"), "auto");
    EXPECT_EQ(result.snapshot->aliases.at("vendor/old"), "tier:mid");
    EXPECT_EQ(result.snapshot->aliases.at("best"), "openai/gpt-6-astra");
}

}  // namespace
}  // namespace tierway::config::test
