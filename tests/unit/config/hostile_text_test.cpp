#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i) {
        result += text;
    }
    return result;
}

std::string billion_laughs() {
    std::string text = "a: &a [lol]\n";
    for (char name = 'b'; name < 'l'; ++name) {
        const std::string below(1, static_cast<char>(name - 1));
        text += std::string(1, name) + ": &" + name + " [" + repeated("*" + below + ",", 9) + "]\n";
    }
    return text;
}

std::string deep_blocks(std::size_t levels) {
    std::string text;
    for (std::size_t i = 0; i < levels; ++i) {
        text += std::string(i, ' ') + "a:\n";
    }
    return text;
}

struct HostileText {
    std::string_view name;
    std::string text;
    std::string_view first_problem;
};

TEST(HostileText, IsRefusedWithAReason) {
    using namespace std::string_literals;
    const HostileText texts[] = {
        {"empty", "", "t.yaml:1:1: The configuration is empty."},
        {"only a comment", "# nothing\n", "t.yaml:1:1: The configuration is empty."},
        {"only null", "~\n", "t.yaml:1:1: The configuration is empty."},
        {"a list", "- 1\n", "t.yaml:1:1: The configuration must be a mapping"},
        {"a word", "hello\n", "t.yaml:1:1: The configuration must be a mapping"},
        {"billion laughs", billion_laughs(), "t.yaml:1:4: YAML anchors (`&name`) are not supported"},
        {"alias of nothing", "a: *b\n", "t.yaml:1:4: This is not valid YAML"},
        {"10,000 open brackets", repeated("[", 10'000), "t.yaml:1:1: "},
        {"10,000 brackets", "a: " + repeated("[", 10'000) + repeated("]", 10'000),
         "t.yaml:1:35: The configuration nests more than 32"},
        {"10,000 dashes", repeated("- ", 10'000), "t.yaml:1:65: The configuration nests more than 32"},
        {"deep blocks", deep_blocks(500), "t.yaml:33:33: The configuration nests more than 32"},
        {"too many values", repeated("- 1\n", 30'000), "t.yaml:20001:3: The configuration has more than 20000 values."},
        {"too large", std::string((1U << 20U) + 1, '#'), "t.yaml:1:1: The configuration is larger than 1 MiB."},
        {"NUL", "version: 1\nlog: {\0}\n"s, "t.yaml:2:7: The control character 0x00 is not allowed"},
        {"the parser's own end mark", "version: 1\n\x04store: 1\n", "t.yaml:2:1: The control character 0x04"},
        {"escape", "version: \x1b[31m1\n", "t.yaml:1:10: The control character 0x1B"},
        {"Latin-1", "a: caf\xe9\n", "t.yaml:1:7: The byte 0xE9 is not valid UTF-8"},
        {"overlong UTF-8", "a: \xc0\xaf\n", "t.yaml:1:4: The byte 0xC0 is not valid UTF-8"},
        {"surrogate in UTF-8", "a: \xed\xa0\x80\n", "t.yaml:1:4: The byte 0xED is not valid UTF-8"},
        {"beyond Unicode", "a: \xf4\x90\x80\x80\n", "t.yaml:1:4: The byte 0xF4 is not valid UTF-8"},
        {"cut UTF-8", "a: \xe2\x82", "t.yaml:1:4: The byte 0xE2 is not valid UTF-8"},
        {"UTF-16",
         "\xff\xfe"
         "a\0:\0"s,
         "t.yaml:1:1: The byte 0xFF is not valid UTF-8"},
        {"tag", "version: !!int 1\n", "t.yaml:1:10: YAML tags (`tag:yaml.org,2002:int`) are not supported"},
        {"list as a key", "? [a]\n: 1\n", "t.yaml:1:3: A key must be a text"},
        {"null as a key", "~: 1\n", "t.yaml:1:1: A key is missing here."},
        {"second document", "a: 1\n---\nb: 2\n", "t.yaml:2:1: A configuration is one YAML document"},
        {"open quote", "a: \"x\n", "t.yaml:1:4: This quote is never closed."},
        {"open quote after an escaped one", "a: \"é\"\nb: \"x\\\"\n", "t.yaml:2:4: This quote is never closed."},
        {"open single quote after a doubled one", "\xef\xbb\xbf'a': 'it''s\n", "t.yaml:1:6: This quote is never closed."},
        {"only quotes", repeated("\"", 100'000), "t.yaml:1:"},
    };
    for (const HostileText& hostile : texts) {
        SCOPED_TRACE(hostile.name);
        const LoadResult result = load_yaml(hostile.text);
        EXPECT_EQ(result.snapshot, nullptr);
        ASSERT_FALSE(result.problems.empty());
        EXPECT_NE(result.problems.front().to_string().find(hostile.first_problem), std::string::npos)
            << result.problems.front().to_string();
    }
}

TEST(HostileText, AHugeScalarIsNotRepeatedInTheReport) {
    const LoadResult result = load_yaml(changed("{level: info}", "{level: \"" + std::string(500'000, 'x') + "\"}"));
    ASSERT_EQ(result.problems.size(), 1U);
    EXPECT_LT(result.problems.front().message.size(), 400U);
}

TEST(HostileText, MergeKeysAreKeysLikeOthers) {
    const LoadResult result = load_yaml(changed("{level: info}", "{<<: {level: info}}"));
    ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
    EXPECT_NE(result.problems.front().message.find("`log` has no key `<<`"), std::string::npos);
}

TEST(HostileText, AByteOrderMarkIsAccepted) {
    EXPECT_NE(load_yaml("\xef\xbb\xbf" + std::string(kValidText)).snapshot, nullptr);
}

TEST(HostileText, EveryCutOfAGoodTextIsAnsweredWithoutACrash) {
    for (std::size_t size = 0; size < kValidText.size(); ++size) {
        const LoadResult result = load_yaml(kValidText.substr(0, size));
        ASSERT_EQ(result.snapshot == nullptr, !result.problems.empty()) << size;
        for (const Problem& problem : result.problems) {
            ASSERT_GT(problem.line, 0) << size;
            ASSERT_GT(problem.column, 0) << size;
        }
    }
}

}  // namespace
}  // namespace tierway::config::test
