#pragma once

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tierway/config/load.hpp"

namespace tierway::config::test {

/// A configuration without problems and warnings, in which each thing that the tests break has a line of its own.
inline constexpr std::string_view kValidText = R"(version: 1
server: {listen: "127.0.0.1:0"}
admin: {listen: "127.0.0.1:8081"}
log: {level: info}
providers:
  onprem: {dialect: openai, base_url: "http://127.0.0.1:8000/v1", boundary: inside}
  openai: {dialect: openai, base_url: "https://api.openai.com/v1", api_key: "${OPENAI_API_KEY}"}
models:
  onprem/qwen: {price: {input: 0.05, output: 0.1}}
tiers:
  small: [onprem/qwen, openai/gpt-5-mini]
  mid: [openai/gpt-5]
  frontier: [openai/gpt-6-astra]
classes:
  chat: {tier: small, escalate: {to: frontier, below: 0.6}}
  code: {tier: mid}
classifier:
  default_class: chat
  rules:
    - {class: code, when: {has_tools: true}}
aliases: {gpt-4o: auto}
)";

/// An environment of these variables alone.
inline Environment environment_of(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

inline Environment test_environment() {
    return environment_of({{"OPENAI_API_KEY", "sk-test-value"},
                           {"EMPTY", ""},
                           {"ADMIN_TOKEN", "0123456789abcdef"},
                           {"BROKEN_KEY", "sk-secret\n"},
                           {"GPU_HOST", "gpu-1.internal"},
                           {"URL_WITH_PASSWORD", "https://u:hunter2@h/v1"}});
}

inline LoadResult load_yaml(std::string_view yaml) {
    return load_text(yaml, "t.yaml", PriceCatalogue::built_in(), test_environment());
}

/// The valid text with `from` (which must occur once) replaced.
inline std::string changed(std::string_view from, std::string_view to) {
    std::string text(kValidText);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    EXPECT_EQ(text.find(from, at + 1), std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

/// One mistake: what is written instead of what, with `^` before the place that the problem must name, and a part of its message.
struct Mistake {
    std::string_view name;
    std::string_view from;
    std::string_view to;
    std::string_view message;
};

/// Takes the `^` out of a text and gives its place as "t.yaml:line:column: ".
inline std::string take_place(std::string& text) {
    const std::size_t at = text.find('^');
    EXPECT_NE(at, std::string::npos);
    text.erase(at, 1);
    int line = 1;
    int column = 1;
    for (const char c : text.substr(0, at)) {
        column = c == '\n' ? 1 : column + 1;
        line += c == '\n' ? 1 : 0;
    }
    return "t.yaml:" + std::to_string(line) + ":" + std::to_string(column) + ": ";
}

inline std::string report_of(std::span<const Problem> problems) {
    std::string text;
    for (const Problem& problem : problems) {
        text += problem.to_string() + "\n";
    }
    return text;
}

/// Each mistake is reported once, alone, at its place, and prevents loading.
inline void expect_problems(std::span<const Mistake> mistakes) {
    for (const Mistake& mistake : mistakes) {
        SCOPED_TRACE(mistake.name);
        std::string text = changed(mistake.from, mistake.to);
        const std::string place = take_place(text);
        const LoadResult result = load_yaml(text);
        EXPECT_EQ(result.snapshot, nullptr);
        ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
        const std::string problem = result.problems.front().to_string();
        EXPECT_TRUE(problem.starts_with(place)) << problem << "\nexpected at " << place;
        EXPECT_NE(problem.find(mistake.message), std::string::npos) << problem << "\nexpected: " << mistake.message;
    }
}

/// Each doubt is warned of once, at its place, and does not prevent loading.
inline void expect_warnings(std::span<const Mistake> doubts) {
    for (const Mistake& doubt : doubts) {
        SCOPED_TRACE(doubt.name);
        std::string text = changed(doubt.from, doubt.to);
        const std::string place = take_place(text);
        const LoadResult result = load_yaml(text);
        EXPECT_NE(result.snapshot, nullptr) << report_of(result.problems);
        ASSERT_EQ(result.warnings.size(), 1U) << report_of(result.warnings);
        const std::string warning = result.warnings.front().to_string();
        EXPECT_TRUE(warning.starts_with(place)) << warning << "\nexpected at " << place;
        EXPECT_NE(warning.find(doubt.message), std::string::npos) << warning << "\nexpected: " << doubt.message;
    }
}

}  // namespace tierway::config::test
