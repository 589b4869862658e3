#include <cstdio>
#include <fstream>

#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kUrl = "\"https://api.openai.com/v1\"";
constexpr std::string_view kKey = "\"${OPENAI_API_KEY}\"";

TEST(LoadProviders, ReportsMistakesAtTheirPlace) {
    expect_problems(std::to_array<Mistake>({
        {"name", "  onprem: {", "  onprem: {dialect: openai, base_url: \"http://h\"}\n  ^On Prem: {",
         "must be 1 to 64 of the characters"},
        {"no dialect", "  onprem: {dialect: openai, ", "  onprem: ^{", "`providers.onprem` lacks `dialect`"},
        {"unknown dialect", "onprem: {dialect: openai", "onprem: {dialect: ^opnai",
         "`gemini` or `bedrock`, not `opnai`. Did you mean `openai`?"},
        {"no URL", "{dialect: openai, base_url: \"http://127.0.0.1:8000/v1\"", "^{dialect: openai",
         "`providers.onprem` lacks `base_url`"},
        {"unknown key", "boundary: inside", "^boundry: inside", "has no key `boundry`. Did you mean `boundary`?"},
        {"unknown side", "boundary: inside", "boundary: ^internal", "must be `inside` or `outside`, not `internal`."},
        {"no scheme", kUrl, "^api.openai.com/v1", "must begin with `https://` or `http://`"},
        {"other scheme", kUrl, "^\"ftp://h/v1\"", "must begin with `https://` or `http://`"},
        {"no host", kUrl, "^\"https:///v1\"", "needs a host name or address"},
        {"user information", kUrl, "^\"https://u:p@h/v1\"", "must not hold a user name or password"},
        {"query", kUrl, "^\"https://h/v1?x=1\"", "must not have a query or a fragment"},
        {"fragment", kUrl, "^\"https://h/v1#x\"", "must not have a query or a fragment"},
        {"bad port", kUrl, "^\"https://h:0/v1\"", "has a port that must be a whole number from 1 to 65535"},
        {"metadata address", kUrl, "^\"http://169.254.169.254/v1\"", "link-local address `169.254.169.254`"},
        {"mapped metadata address", kUrl, "^\"http://[::ffff:169.254.169.254]/\"", "link-local address"},
        {"IPv6 link-local", kUrl, "^\"http://[fe80::1]/v1\"", "link-local address `fe80::1`"},
        {"decimal spelling of an address", kUrl, "^\"http://2852039166/v1\"", "is not a plain IPv4 address"},
        {"hexadecimal spelling of an address", kUrl, "^\"http://0xa9fea9fe/v1\"", "is not a plain IPv4 address"},
        {"short spelling of an address", kUrl, "^\"http://169.254.43518/v1\"", "is not a plain IPv4 address"},
        {"whole endpoint", kUrl, "^\"https://h/v1/chat/completions\"", "must end before `/chat/completions`"},
        {"unset variable in the URL", kUrl, "^\"https://${NO_HOST}/v1\"", "environment variable `NO_HOST`, which is not set"},
        {"open variable in the URL", kUrl, "^\"https://${NO_HOST/v1\"", "has a `${` that is not followed"},
        {"default of no variable", kUrl, "^\"https://${:-host}/v1\"", "has a `${` that is not followed"},
        {"key with a default", kKey, "^\"${OPENAI_API_KEY:-sk-literal}\"", "must be `${NAME}`"},
        {"literal key", kKey, "^sk-literal", "must be `${NAME}`, the name of an environment variable"},
        {"key with text around", kKey, "^\"Bearer ${OPENAI_API_KEY}\"", "must be `${NAME}`"},
        {"unset key", kKey, "^\"${NOT_SET}\"", "needs the environment variable `NOT_SET`, which is not set."},
        {"empty key", kKey, "^\"${EMPTY}\"", "needs the environment variable `EMPTY`, which is empty."},
        {"key with a line end", kKey, "^\"${BROKEN_KEY}\"", "the environment variable `BROKEN_KEY` must hold"},
        {"absent CA file", kKey, "\"${OPENAI_API_KEY}\", ca_file: ^/nowhere/ca.pem", "`/nowhere/ca.pem`, which is not a file"},
        {"CA folder", kKey, "\"${OPENAI_API_KEY}\", ca_file: ^\"/\"", "which is not a file that can be read"},
        {"timeouts that are no mapping", kKey, "\"${OPENAI_API_KEY}\", timeouts: ^5s",
         "`providers.openai.timeouts` must be a mapping"},
        {"unknown timeout", kKey, "\"${OPENAI_API_KEY}\", timeouts: {^conect: 5s}", "Did you mean `connect`?"},
        {"timeout without unit", kKey, "\"${OPENAI_API_KEY}\", timeouts: {idle: ^5}",
         "`providers.openai.timeouts.idle` must be a duration"},
        {"unknown way to part", kKey, "\"${OPENAI_API_KEY}\", when_client_leaves: ^canel",
         "must be `cancel` or `drain`, not `canel`. Did you mean `cancel`?"},
        {"misspelt way to part", kKey, "\"${OPENAI_API_KEY}\", ^when_client_leave: drain", "Did you mean `when_client_leaves`?"},
        {"unknown vendor", kKey, "\"${OPENAI_API_KEY}\", compatible_with: ^mistrl",
         "`providers.openai.compatible_with` names no vendor of a known form"},
        {"vendor of another dialect", kKey, "\"${OPENAI_API_KEY}\", compatible_with: ^anthropic", "`anthropic` is none"},
        {"vendor beside another dialect", "{dialect: openai, base_url: \"https://api.openai.com/v1\"",
         "{dialect: anthropic, compatible_with: ^mistral, base_url: \"https://api.openai.com/v1\"", "is for `dialect: openai`"},
        {"version of no dialect", kKey, "\"${OPENAI_API_KEY}\", api_version: ^2025-04-01", "is for `dialect: azure`"},
        {"region of no dialect", kKey, "\"${OPENAI_API_KEY}\", region: ^us-east-1", "is for `dialect: bedrock`"},
        {"Responses of no dialect", "onprem: {dialect: openai,", "onprem: {responses: ^true, dialect: gemini,",
         "is for `dialect: openai` and `dialect: azure`"},
        {"bad version", "onprem: {dialect: openai,", "onprem: {dialect: azure, api_version: ^\"1&x\",", "must be a date such as"},
        {"bad region", "onprem: {dialect: openai,", "onprem: {dialect: bedrock, region: ^\"a.b\",", "must be the name of a region"},
        {"half a pair", "onprem: {dialect: openai,",
         "^onprem: {dialect: bedrock, region: us-east-1, aws_access_key_id: \"${GPU_HOST}\",",
         "needs `aws_access_key_id` and `aws_secret_access_key` together"},
        {"pair without a region", "onprem: {dialect: openai,",
         "^onprem: {dialect: bedrock, aws_access_key_id: \"${GPU_HOST}\", aws_secret_access_key: \"${GPU_HOST}\",",
         "needs a `region` to sign requests for"},
        {"literal pair", "onprem: {dialect: openai,",
         "onprem: {dialect: bedrock, region: us-east-1, aws_access_key_id: \"${GPU_HOST}\", aws_secret_access_key: ^abc,",
         "must be `${NAME}`, the name of an environment variable"},
        {"too many idle connections", kKey, "\"${OPENAI_API_KEY}\", idle_connections_max: ^10001", "from 0 to 10000"},
    }));
}

TEST(LoadProviders, ReportsAnEmptySection) {
    const LoadResult result =
        load_yaml("version: 1\nproviders: {}\ntiers: {a: [b/c]}\nclasses: {c: {tier: a}}\nclassifier: {default_class: c}\n");
    ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
    EXPECT_EQ(result.problems.front().to_string(), "t.yaml:2:12: `providers` needs at least one provider.");
}

TEST(LoadProviders, RefusesACaFileWithoutCertificate) {
    const std::string path = testing::TempDir() + "tierway_config_ca.pem";
    std::ofstream(path) << "not a certificate\n";
    const LoadResult refused = load_yaml(changed(kKey, "\"${OPENAI_API_KEY}\", ca_file: \"" + path + "\""));
    std::ofstream(path) << "-----BEGIN CERTIFICATE-----\n";
    const LoadResult accepted = load_yaml(changed(kKey, "\"${OPENAI_API_KEY}\", ca_file: \"" + path + "\""));
    std::remove(path.c_str());
    ASSERT_EQ(refused.problems.size(), 1U) << report_of(refused.problems);
    EXPECT_NE(refused.problems.front().message.find("holds no PEM certificate"), std::string::npos);
    ASSERT_NE(accepted.snapshot, nullptr) << report_of(accepted.problems);
    EXPECT_EQ(accepted.snapshot->providers[1].ca_file, path);
}

TEST(LoadProviders, NeverShowsASecret) {
    for (const std::string_view key : {"sk-literal-secret", "\"${BROKEN_KEY}\""}) {
        const std::string report = report_of(load_yaml(changed(kKey, key)).problems);
        EXPECT_EQ(report.find("secret"), std::string::npos) << report;
    }
    const std::string report = report_of(load_yaml(changed(kUrl, "\"${URL_WITH_PASSWORD}\"")).problems);
    EXPECT_NE(report.find("must not hold a user name or password"), std::string::npos) << report;
    EXPECT_EQ(report.find("hunter2"), std::string::npos) << report;
}

TEST(LoadProviders, WarnsOfAKeySentUnencrypted) {
    expect_warnings(std::to_array<Mistake>({
        {"key in the clear", "  openai: {dialect: openai, base_url: \"https://api.openai.com/v1\"",
         "  ^openai: {dialect: openai, base_url: \"http://gateway.internal/v1\"", "unencrypted to `gateway.internal`"},
        {"CA file of no use", "  onprem: {dialect: openai, base_url: \"http://127.0.0.1:8000/v1\"",
         "  ^onprem: {dialect: openai, ca_file: /etc/ssl/certs/ca-certificates.crt, base_url: \"http://127.0.0.1:8000/v1\"",
         "`providers.onprem.ca_file` has no effect"},
    }));
    EXPECT_TRUE(load_yaml(changed(kUrl, "\"http://localhost:9000/v1\"")).warnings.empty());
}

TEST(LoadProviders, ReadsEveryKey) {
    const LoadResult result = load_yaml(changed(kUrl,
                                                "\"http://${GPU_HOST}:8443/a/b/\", boundary: inside, idle_connections_max: 7, "
                                                "when_client_leaves: drain, timeouts: {connect: 250ms, headers: 2s, "
                                                "first_content: 3s, idle: 4s, total_stream: 5m, total_whole: 1h}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Provider& provider = result.snapshot->providers[1];
    EXPECT_EQ(provider.name, "openai");
    EXPECT_FALSE(provider.base_url.tls);
    EXPECT_EQ(provider.base_url.host, "gpu-1.internal");
    EXPECT_EQ(provider.base_url.port, 8443);
    EXPECT_EQ(provider.base_url.prefix, "/a/b");
    EXPECT_EQ(provider.api_key.reveal(), "sk-test-value");
    EXPECT_EQ(provider.boundary, Boundary::Inside);
    EXPECT_EQ(provider.idle_connections_max, 7U);
    EXPECT_EQ(provider.when_client_leaves, WhenClientLeaves::Drain);
    EXPECT_EQ(result.snapshot->providers[0].when_client_leaves, WhenClientLeaves::Cancel) << "the default";
    EXPECT_EQ(provider.timeouts.connect, Milliseconds(250));
    EXPECT_EQ(provider.timeouts.headers, Milliseconds(2'000));
    EXPECT_EQ(provider.timeouts.first_content, Milliseconds(3'000));
    EXPECT_EQ(provider.timeouts.idle, Milliseconds(4'000));
    EXPECT_EQ(provider.timeouts.total_stream, Milliseconds(300'000));
    EXPECT_EQ(provider.timeouts.total_whole, Milliseconds(3'600'000));
}

TEST(LoadProviders, AzureNeedsNoMoreThanItsHost) {
    const std::string_view entry = "onprem: {dialect: openai, base_url: \"http://127.0.0.1:8000/v1\", boundary: inside}";
    const auto load = [&](std::string_view azure) {
        const LoadResult result = load_yaml(changed(entry, azure));
        EXPECT_NE(result.snapshot, nullptr) << report_of(result.problems);
        return result.snapshot ? result.snapshot->providers[0] : Provider();
    };
    const Provider newer = load("onprem: {dialect: azure, base_url: \"https://r.openai.azure.com\"}");
    EXPECT_EQ(newer.base_url.prefix, "/openai/v1");
    EXPECT_EQ(newer.compatible_with, "openai");
    EXPECT_EQ(newer.output_limit_field, OutputLimitField::MaxCompletionTokens);
    EXPECT_FALSE(newer.responses) << "not every deployment has it, so it must be said";
    const Provider older =
        load("onprem: {dialect: azure, api_version: 2025-04-01-preview, base_url: \"https://r.openai.azure.com/\"}");
    EXPECT_EQ(older.base_url.prefix, "") << "the path is made from the deployment's name";
    EXPECT_EQ(older.api_version, "2025-04-01-preview");
    const Provider said = load("onprem: {dialect: azure, responses: true, base_url: \"https://r.openai.azure.com/openai/v1\"}");
    EXPECT_EQ(said.base_url.prefix, "/openai/v1");
    EXPECT_TRUE(said.responses);
}

TEST(LoadProviders, RenamesALimitOnlyWhereOneNameIsRead) {
    const LoadResult result = load_yaml(kValidText);
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_FALSE(result.snapshot->providers[0].output_limit_exclusive) << "nothing is known";
    EXPECT_TRUE(result.snapshot->providers[1].output_limit_exclusive);
    const LoadResult said = load_yaml(changed("boundary: inside}", "boundary: inside, output_limit: max_tokens}"));
    ASSERT_NE(said.snapshot, nullptr) << report_of(said.problems);
    EXPECT_TRUE(said.snapshot->providers[0].output_limit_exclusive);
}

TEST(LoadProviders, TakesTheDefaultOfAVariableThatIsMissingOrEmpty) {
    const struct {
        const char* url;
        const char* host;
    } cases[] = {{"https://${NO_HOST:-fallback.example}/v1", "fallback.example"},
                 {"https://${EMPTY:-fallback.example}/v1", "fallback.example"},
                 {"${NO_URL:-https://whole.example/v1}", "whole.example"},
                 {"https://${HOST:-fallback.example}/v1", "set.example"}};
    for (const auto& each : cases) {
        SCOPED_TRACE(each.url);
        const std::string yaml = changed(kUrl, '"' + std::string(each.url) + '"');
        const auto environment = [](const std::string& name) -> std::optional<std::string> {
            return name == "HOST" ? std::optional<std::string>("set.example") : test_environment()(name);
        };
        const LoadResult result = load_text(yaml, "tierway.yaml", PriceCatalogue::built_in(), environment);
        ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
        EXPECT_EQ(result.snapshot->providers[1].base_url.host, each.host);
    }
}

}  // namespace
}  // namespace tierway::config::test
