#include <algorithm>
#include <array>
#include <charconv>

#include "tierway/base/glob.hpp"
#include "tierway/classify/classifier.hpp"

namespace tierway::classify {
namespace {

bool agrees(const std::optional<bool>& wanted, bool actual) noexcept {
    return !wanted || *wanted == actual;
}

bool within(const std::optional<std::int64_t>& min, const std::optional<std::int64_t>& max, std::int64_t actual) noexcept {
    return (!min || actual >= *min) && (!max || actual <= *max);
}

bool any_tool_matches(const std::string& glob, const std::vector<std::string>& names) noexcept {
    return std::any_of(names.begin(), names.end(), [&glob](const std::string& name) { return glob_matches(glob, name); });
}

/// Every condition but the text pattern.
bool conditions_hold(const config::RuleConditions& when, const Features& features) {
    return agrees(when.has_image, features.has_image) && agrees(when.has_audio, features.has_audio) &&
           agrees(when.has_tools, features.has_tools) && agrees(when.json_schema, features.json_schema) &&
           agrees(when.last_turn_is_tool_result, features.last_turn_is_tool_result) &&
           within(when.prompt_tokens_min, when.prompt_tokens_max, features.prompt_tokens) &&
           within(when.turns_min, when.turns_max, features.turns) &&
           (!when.code_share_min || features.code_share >= *when.code_share_min) &&
           (!when.tool_named || any_tool_matches(*when.tool_named, features.tool_names));
}

template <class Number>
std::string text_of(Number number) {
    std::array<char, 32> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return {digits.data(), written.ptr};
}

/// Writes the conditions of a rule as its author would name them.
class Reason {
public:
    explicit Reason(std::size_t rule) : text_("rule " + text_of(rule)) {}

    void flag(std::string_view name, const std::optional<bool>& wanted) {
        if (wanted) {
            begin(name);
            text_ += *wanted ? "" : "=false";
        }
    }
    template <class Number>
    void number(std::string_view name, const std::optional<Number>& bound) {
        if (bound) {
            begin(name);
            text_ += '=' + text_of(*bound);
        }
    }
    void value(std::string_view name, std::string_view value) {
        begin(name);
        text_ += '=';
        text_ += value;
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    void begin(std::string_view name) {
        text_ += first_ ? ": " : ", ";
        text_ += name;
        first_ = false;
    }

    std::string text_;
    bool first_ = true;
};

std::string reason_of(std::size_t position, const config::RuleConditions& when) {
    Reason reason(position + 1);
    reason.flag("has_image", when.has_image);
    reason.flag("has_audio", when.has_audio);
    reason.flag("has_tools", when.has_tools);
    reason.flag("json_schema", when.json_schema);
    reason.flag("last_turn_is_tool_result", when.last_turn_is_tool_result);
    if (when.tool_named) {
        reason.value("tool_named", *when.tool_named);
    }
    reason.number("prompt_tokens_min", when.prompt_tokens_min);
    reason.number("prompt_tokens_max", when.prompt_tokens_max);
    reason.number("turns_min", when.turns_min);
    reason.number("turns_max", when.turns_max);
    reason.number("code_share_min", when.code_share_min);
    if (when.text) {
        reason.value("text", when.text->source());
    }
    return reason.take();
}

std::vector<config::TextPattern> patterns_of(const std::vector<config::Rule>& rules) {
    std::vector<config::TextPattern> patterns;
    for (const config::Rule& rule : rules) {
        if (rule.when.text) {
            patterns.push_back(*rule.when.text);
        }
    }
    return patterns;
}

}  // namespace

RuleStage::RuleStage(config::SnapshotPtr snapshot)
    : snapshot_(std::move(snapshot)), patterns_(patterns_of(snapshot_->classifier.rules)) {
    looks_at_.text_shape = false;
    std::size_t next_pattern = 0;
    const std::vector<config::Rule>& rules = snapshot_->classifier.rules;
    for (std::size_t position = 0; position < rules.size(); ++position) {
        reasons_.push_back(reason_of(position, rules[position].when));
        pattern_of_rule_.push_back(next_pattern);
        next_pattern += rules[position].when.text ? 1 : 0;
        looks_at_.text_shape = looks_at_.text_shape || rules[position].when.code_share_min.has_value();
    }
    looks_at_.ask_bytes_max = next_pattern > 0 || looks_at_.text_shape ? kSearchedBytes : 0;
}

std::optional<Classification> RuleStage::classify(const Features& features) const {
    const std::vector<config::Rule>& rules = snapshot_->classifier.rules;
    // All patterns are searched in one pass, when the first rule that needs one is reached.
    std::vector<bool> found;
    for (std::size_t position = 0; position < rules.size(); ++position) {
        const config::Rule& rule = rules[position];
        if (!conditions_hold(rule.when, features)) {
            continue;
        }
        if (rule.when.text) {
            if (found.empty()) {
                patterns_.find_in(features.ask, found);
            }
            if (!found[pattern_of_rule_[position]]) {
                continue;
            }
        }
        return Classification{rule.request_class, 1.0, "rules", reasons_[position]};
    }
    return std::nullopt;
}

}  // namespace tierway::classify
