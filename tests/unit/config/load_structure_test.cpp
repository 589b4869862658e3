#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

TEST(LoadStructure, AcceptsTheTextThatTheOtherTestsBreak) {
    const LoadResult result = load_yaml(kValidText);
    EXPECT_NE(result.snapshot, nullptr);
    EXPECT_TRUE(result.problems.empty()) << report_of(result.problems);
    EXPECT_TRUE(result.warnings.empty()) << report_of(result.warnings);
}

TEST(LoadStructure, ReportsMistakesOfStructureAtTheirPlace) {
    expect_problems(std::to_array<Mistake>({
        {"missing version", "version: 1\n", "^", "The configuration lacks `version`: write `version: 1`"},
        {"unknown version", "version: 1", "version: ^2", "`version` must be a whole number from 1 to 1, not `2`."},
        {"quoted version", "version: 1", "version: ^\"1\"", "`version` must be written without quotes"},
        {"unknown section", "log: {level: info}", "^logs: {level: info}", "no key `logs`. Did you mean `log`?"},
        {"unknown key", "{level: info}", "{^levl: info}", "`log` has no key `levl`. Did you mean `level`?"},
        {"duplicate section", "aliases: {gpt-4o: auto}", "^version: 1", "`version` is written twice; it is first on line 1."},
        {"duplicate key", "{level: info}", "{level: info, ^level: debug}", "`level` is written twice; it is first on line 4."},
        {"duplicate quoted key", "{level: info}", "{level: info, ^\"level\": debug}", "`level` is written twice"},
        {"section that is a list", "log: {level: info}", "log: ^[info]", "`log` must be a mapping (`key: value`), not a list."},
        {"section that is a value", "log: {level: info}", "log: ^info",
         "`log` must be a mapping (`key: value`), not a single value."},
        {"section without value", "log: {level: info}", "^log:", "`log` has no value"},
        {"keys without value", "log: {level: info}", "^keys:", "`keys` has no value"},
        {"key without value", "{level: info}", "{^level: }", "`log.level` has no value"},
        {"list for a value", "{level: info}", "{level: ^[info]}", "`log.level` must be a single value, not a list."},
        {"syntax", "log: {level: info}", "log: {level: info\n^]", "This is not valid YAML: "},
    }));
}

TEST(LoadStructure, RefusesWhatThisBuildDoesNotHave) {
    expect_problems(std::to_array<Mistake>({
        {"hold: prefix", "{tier: mid}", "{tier: mid, hold: ^prefix}", "`prefix` is not in this build yet"},
    }));
}

TEST(LoadStructure, ReportsMistakesOfServerAdminAndLog) {
    expect_problems(std::to_array<Mistake>({
        {"no port", "\"127.0.0.1:0\"", "^127.0.0.1", "`server.listen` must be an address and a port"},
        {"port too large", "\"127.0.0.1:0\"", "^\"127.0.0.1:65536\"", "has a port that must be a whole number from 0 to 65535"},
        {"host name", "\"127.0.0.1:0\"", "^\"example.org:80\"", "must begin with a numeric address or `localhost`"},
        {"every address", "\"127.0.0.1:0\"", "^\"0.0.0.0:8080\"", "without a section `keys`"},
        {"every IPv6 address", "\"127.0.0.1:0\"", "^\"[::]:8080\"", "without a section `keys`"},
        {"private address", "\"127.0.0.1:8081\"", "^\"10.0.0.1:8081\"",
         "`admin.listen` would open `10.0.0.1` to other machines, but without a token only loopback may listen: write `token: "
         "\"${TIERWAY_ADMIN_TOKEN}\"`"},
        {"admin token in the file", "\"127.0.0.1:8081\"", "\"0.0.0.0:8081\", token: ^0123456789abcdef",
         "`admin.token` must be `${NAME}`, the name of an environment variable"},
        {"admin token that is not set", "\"127.0.0.1:8081\"", "\"0.0.0.0:8081\", token: ^\"${NO_TOKEN}\"", "NO_TOKEN"},
        {"admin token that can be guessed", "\"127.0.0.1:8081\"", "\"0.0.0.0:8081\", token: ^\"${OPENAI_API_KEY}\"",
         "`admin.token` is too short: give its environment variable at least 16 characters"},
        {"bare IPv6", "\"127.0.0.1:0\"", "^\"::1:8080\"", "such as `127.0.0.1:8080` or `[::1]:8080`"},
        {"both planes on one port", "server: {listen: \"127.0.0.1:0\"}", "^server: {listen: \"127.0.0.1:8081\"}",
         "`server.listen` and `admin.listen` are the same address"},
        {"no workers", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", workers: ^0",
         "must be `auto` or a whole number from 1 to 256, not `0`"},
        {"octal workers", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", workers: ^010", "not `010`"},
        {"misspelt auto", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", workers: ^Auto", "not `Auto`"},
        {"body of no unit", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", body_max: ^10MB",
         "such as `512`, `64KiB` or `10MiB`, not `10MB`"},
        {"body too small", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", body_max: ^1023", "must be from 1KiB to 1GiB, not `1023`"},
        {"hexadecimal count", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", connections_max: ^0x10", "not `0x10`"},
        {"count with exponent", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", connections_max: ^1e3", "not `1e3`"},
        {"quoted count", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", connections_max: ^\"9\"", "must be written without quotes"},
        {"time without unit", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", header_timeout: ^30", "must be a duration such as"},
        {"time of zero", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", body_timeout: ^0s", "must be from 1ms to 1h, not `0s`"},
        {"time too long", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", drain_timeout: ^2h", "must be from 1ms to 1h, not `2h`"},
        {"no request at all", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", in_flight_max: ^0",
         "must be a whole number from 1 to 1000000"},
        {"in flight in quotes", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", in_flight_max: ^\"9\"", "must be written without quotes"},
        {"too little memory", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", memory_max: ^63MiB",
         "`server.memory_max` must be from 64MiB to 1024GiB, not `63MiB`; `off` sets no limit."},
        {"memory in per cent", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", memory_max: ^90%", "must be a size in bytes"},
        {"misspelt off", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", memory_max: ^Off", "not `Off`; `off` sets no limit."},
        {"no delay", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", drain_delay: ^0s", "must be from 1ms to 10m, not `0s`"},
        {"watch that is no truth", "\"127.0.0.1:0\"", "\"127.0.0.1:0\", watch: ^on", "must be `true` or `false`, not `on`"},
        {"too many decisions", "\"127.0.0.1:8081\"", "\"127.0.0.1:8081\", decisions_kept: ^100001", "from 0 to 100000"},
        {"unknown level", "{level: info}", "{level: ^warn}", "must be `debug`, `info`, `warning` or `error`, not `warn`."},
        {"unknown sink", "{level: info}", "{decisions: ^stdot}", "must be `stdout`, `off` or the path of a file"},
    }));
}

TEST(LoadStructure, ReadsEveryBoundOfTheServer) {
    const LoadResult result = load_yaml(changed("\"127.0.0.1:0\"",
                                                "\"127.0.0.1:0\", connections_max: 7, in_flight_max: 6, memory_max: 512MiB, "
                                                "drain_delay: 1ms, drain_timeout: 3s, watch: false"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Server& server = result.snapshot->server;
    EXPECT_EQ(server.connections_max, 7U);
    EXPECT_EQ(server.in_flight_max, 6U);
    EXPECT_EQ(server.memory_bytes_max, std::size_t{512} << 20U);
    EXPECT_EQ(server.drain_delay, Milliseconds(1));
    EXPECT_EQ(server.drain_timeout, Milliseconds(3'000));
    EXPECT_FALSE(server.watch);
}

TEST(LoadStructure, WithoutSettingsTheServerLimitsNoMemoryAndWatchesItsFile) {
    for (const std::string_view settings : {"\"127.0.0.1:0\"", "\"127.0.0.1:0\", memory_max: off"}) {
        const LoadResult result = load_yaml(changed("\"127.0.0.1:0\"", settings));
        ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
        const Server& server = result.snapshot->server;
        EXPECT_EQ(server.in_flight_max, 10'000U);
        EXPECT_EQ(server.memory_bytes_max, 0U);
        EXPECT_EQ(server.drain_delay, Milliseconds(5'000));
        EXPECT_TRUE(server.watch);
    }
}

TEST(LoadStructure, ReportsAllProblemsAtOnceInTheOrderOfTheFile) {
    const LoadResult result = load_yaml(R"(version: 2
server: {listen: "0.0.0.0:8080", workrs: 3}
gate: {usd_per_request: 0}
providers:
  openai: {dialect: openai, base_url: "https://api.openai.com/v1", api_key: "${MISSING}"}
tiers:
  small: [openai/gpt-5-mni]
classes:
  chat: {tier: smal}
classifier:
  default_class: chat
  rules:
    - {class: chat, when: {text: "(a"}}
)");
    EXPECT_EQ(result.snapshot, nullptr);
    ASSERT_EQ(result.problems.size(), 8U) << report_of(result.problems);
    const std::array<std::string_view, 8> expected{"t.yaml:1:10: `version`",
                                                   "t.yaml:2:18: `server.listen`",
                                                   "t.yaml:2:34: `server` has no key `workrs`",
                                                   "t.yaml:3:25: `gate.usd_per_request`",
                                                   "t.yaml:5:77: `providers.openai.api_key`",
                                                   "t.yaml:7:11: `openai/gpt-5-mni` has no price",
                                                   "t.yaml:9:16: `classes.chat.tier`",
                                                   "t.yaml:13:34: `classifier.rules[1].when.text`"};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_TRUE(result.problems[i].to_string().starts_with(expected[i])) << result.problems[i].to_string();
    }
}

TEST(LoadStructure, MissingSectionsAreReportedOnceEach) {
    const LoadResult result = load_yaml("version: 1\n");
    ASSERT_EQ(result.problems.size(), 3U) << report_of(result.problems);
    for (const Problem& problem : result.problems) {
        EXPECT_TRUE(problem.to_string().starts_with("t.yaml:1:1: The configuration lacks `")) << problem.to_string();
    }
}

TEST(LoadStructure, CountsProblemsBeyondAHundredInsteadOfShowingThem) {
    std::string text(kValidText);
    for (int i = 0; i < 150; ++i) {
        text += "unknown_" + std::to_string(i) + ": 1\n";
    }
    const LoadResult result = load_yaml(text);
    ASSERT_EQ(result.problems.size(), 101U);
    EXPECT_EQ(result.problems.back().message, "… and 50 more problems, which are not shown.");
}

TEST(LoadStructure, WindowsLineEndsDoNotShiftPlaces) {
    const LoadResult result =
        load_yaml("version: 1\r\nlogs: {}\r\nproviders: {}\r\ntiers: {}\r\nclasses: {}\r\nclassifier: {}\r\n");
    ASSERT_FALSE(result.problems.empty());
    EXPECT_TRUE(result.problems.front().to_string().starts_with("t.yaml:2:1: ")) << report_of(result.problems);
}

}  // namespace
}  // namespace tierway::config::test
