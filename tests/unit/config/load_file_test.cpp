#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

TEST(LoadFile, LoadsEveryExampleWithoutWarning) {
    for (const std::string_view name : {"minimal.yaml", "example.yaml", "headline.yaml"}) {
        SCOPED_TRACE(name);
        const std::string path = std::string(TIERWAY_SOURCE_DIR) + "/config/" + std::string(name);
        const LoadResult result = load_file(path, PriceCatalogue::built_in(), test_environment());
        EXPECT_NE(result.snapshot, nullptr) << report_of(result.problems);
        EXPECT_TRUE(result.warnings.empty()) << report_of(result.warnings);
    }
}

TEST(LoadFile, LoadsTheSuitesOfRecordedModels) {
    for (const std::string_view name : {"routellm.yaml", "confidence.yaml"}) {
        // Providers may have given up models whose records are still worth evaluating, which is a warning.
        const LoadResult result = load_file(std::string(TIERWAY_SOURCE_DIR) + "/config/suites/" + std::string(name),
                                            PriceCatalogue::built_in(), test_environment());
        EXPECT_NE(result.snapshot, nullptr) << name << report_of(result.problems);
    }
}

TEST(LoadFile, TheExampleNamesTheVariableThatItNeeds) {
    const std::string path = std::string(TIERWAY_SOURCE_DIR) + "/config/example.yaml";
    const LoadResult result = load_file(path, PriceCatalogue::built_in(), environment_of({}));
    EXPECT_EQ(result.snapshot, nullptr);
    ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
    EXPECT_NE(result.problems.front().message.find("`OPENAI_API_KEY`, which is not set"), std::string::npos);
}

TEST(LoadFile, ReportsAnUnreadableFileAtLineZero) {
    for (const std::string path : {"/nowhere/tierway.yaml", "/"}) {
        SCOPED_TRACE(path);
        const LoadResult result = load_file(path, PriceCatalogue::built_in(), test_environment());
        EXPECT_EQ(result.snapshot, nullptr);
        ASSERT_EQ(result.problems.size(), 1U);
        EXPECT_EQ(result.problems.front().line, 0);
        EXPECT_EQ(result.problems.front().file, path);
    }
}

TEST(LoadFile, StopsReadingADeviceWithoutEnd) {
    const LoadResult result = load_file("/dev/zero", PriceCatalogue::built_in(), test_environment());
    ASSERT_EQ(result.problems.size(), 1U);
    EXPECT_NE(result.problems.front().message.find("larger than 1 MiB"), std::string::npos);
}

TEST(LoadFile, ReadsTheSettingsOfTheProcess) {
    const LoadResult result = load_yaml(changed(
        "\"127.0.0.1:0\"",
        "\"localhost:9000\", workers: 3, body_max: 64KiB, connections_max: 5, header_timeout: 1s, body_timeout: 2s, "
        "keep_alive_timeout: 3s, write_timeout: 4s, stream_keepalive_after: 5s, stream_keepalive_every: 6s, drain_timeout: 7s"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Server& server = result.snapshot->server;
    EXPECT_EQ(server.listen.host, "127.0.0.1");
    EXPECT_EQ(server.listen.port, 9000);
    EXPECT_EQ(server.workers, 3U);
    EXPECT_EQ(server.body_bytes_max, 65'536U);
    EXPECT_EQ(server.connections_max, 5U);
    EXPECT_EQ(server.header_timeout, Milliseconds(1'000));
    EXPECT_EQ(server.body_timeout, Milliseconds(2'000));
    EXPECT_EQ(server.keep_alive_timeout, Milliseconds(3'000));
    EXPECT_EQ(server.write_timeout, Milliseconds(4'000));
    EXPECT_EQ(server.stream_keepalive_after, Milliseconds(5'000));
    EXPECT_EQ(server.stream_keepalive_every, Milliseconds(6'000));
    EXPECT_EQ(server.drain_timeout, Milliseconds(7'000));
}

TEST(LoadFile, ReadsAdminAndLog) {
    const LoadResult result =
        load_yaml(changed("admin: {listen: \"127.0.0.1:8081\"}\nlog: {level: info}",
                          "admin: {listen: \"[::1]:0\", decisions_kept: 0}\nlog: {level: error, decisions: ./d.jsonl}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->admin.listen.host, "::1");
    EXPECT_EQ(result.snapshot->admin.listen.port, 0);
    EXPECT_EQ(result.snapshot->admin.decisions_kept, 0U);
    EXPECT_EQ(result.snapshot->log.level, LogLevel::Error);
    EXPECT_EQ(result.snapshot->log.decisions, "./d.jsonl");
}

TEST(LoadFile, KeepsDefaultsForWhatIsNotWritten) {
    const LoadResult result = load_yaml(kValidText);
    ASSERT_NE(result.snapshot, nullptr);
    EXPECT_EQ(result.snapshot->server.workers, 0U);
    EXPECT_EQ(result.snapshot->server.body_bytes_max, Server().body_bytes_max);
    EXPECT_EQ(result.snapshot->log.decisions, "stdout");
    EXPECT_EQ(result.snapshot->providers[0].timeouts.connect, Timeouts().connect);
    EXPECT_TRUE(result.snapshot->providers[0].api_key.empty());
    EXPECT_EQ(result.snapshot->providers[1].boundary, Boundary::Outside);
}

TEST(LoadFile, ThePolicyHashIsTheBeginningOfTheTextsSha256) {
    // The digest of the text, as sha256sum prints it.
    std::string text = R"(version: 1
providers: {p: {dialect: openai, base_url: "http://127.0.0.1:1/v1"}}
models: {p/m: {price: {input: 1, output: 1}}}
tiers: {only: [p/m]}
classes: {chat: {tier: only}}
classifier: {default_class: chat}
)";
    const LoadResult result = load_yaml(text);
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->policy_hash, "ce48e13dcfad");
    text += "# one more byte is another policy\n";
    EXPECT_NE(load_yaml(text).snapshot->policy_hash, result.snapshot->policy_hash);
}

}  // namespace
}  // namespace tierway::config::test
