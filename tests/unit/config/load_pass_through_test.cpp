#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

std::string with_section(std::string_view section, std::string_view rest = {}) {
    return std::string(kValidText) + "pass_through: " + std::string(section) + "\n" + std::string(rest);
}

std::string problems_of(const std::string& text) {
    return report_of(load_yaml(text).problems);
}

std::string key_with(std::string_view more) {
    return "keys:\n  - {id: a, sha256: \"" + std::string(kKey) + "\"" + std::string(more) + "}\n";
}

TEST(LoadPassThrough, WithoutTheSectionNothingPasses) {
    EXPECT_FALSE(load_yaml(kValidText).snapshot->pass_through);
}

TEST(LoadPassThrough, HasDefaultsThatNeitherRunModelsNorCost) {
    const LoadResult result = load_yaml(with_section("{provider: openai}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const PassThrough& pass = *result.snapshot->pass_through;
    EXPECT_EQ(result.snapshot->provider(pass.provider).name, "openai");
    EXPECT_TRUE(pass.serves("files"));
    EXPECT_FALSE(pass.serves("batches"));
    EXPECT_FALSE(pass.serves("chat"));
    EXPECT_FALSE(pass.usd_per_request);
    EXPECT_EQ(pass.body_bytes_max, std::size_t{512} << 20U);
}

TEST(LoadPassThrough, ReadsEveryKey) {
    const LoadResult result = load_yaml(with_section("{provider: openai, paths: [batches, audio], usd_per_request: 0.05, body_max: 1MiB, "
                                                     "prices: {gpt-image-1: {input: 5, output: 40}}}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const PassThrough& pass = *result.snapshot->pass_through;
    EXPECT_TRUE(pass.serves("batches"));
    EXPECT_FALSE(pass.serves("files"));
    EXPECT_EQ(pass.usd_per_request->nano(), 50'000'000);
    EXPECT_EQ(pass.body_bytes_max, std::size_t{1} << 20U);
    EXPECT_EQ(pass.prices.at("gpt-image-1").base.output, 40'000'000);
}

TEST(LoadPassThrough, RefusesPathsThatWouldPassByThePolicy) {
    for (const std::string_view path : {"chat", "responses", "messages", "completions", "embeddings", "models"}) {
        EXPECT_NE(problems_of(with_section("{provider: openai, paths: [" + std::string(path) + "]}")).find("answers itself"), std::string::npos)
            << path;
    }
    EXPECT_NE(problems_of(with_section("{provider: openai, paths: [organization]}")).find("never passes on"), std::string::npos);
    for (const std::string_view path : {"\"a/b\"", "\"..\"", "\"\"", "\"A\"", "\"%66iles\""}) {
        EXPECT_NE(problems_of(with_section("{provider: openai, paths: [" + std::string(path) + "]}")).find("first segments"), std::string::npos)
            << path;
    }
}

TEST(LoadPassThrough, RefusesProvidersOfOtherApis) {
    EXPECT_NE(problems_of(with_section("{provider: opnai}")).find("Did you mean `openai`?"), std::string::npos);
    EXPECT_NE(problems_of(with_section("{}")).find("provider"), std::string::npos);
    const std::string text = changed("aliases: {gpt-4o: auto}\n", "pass_through: {provider: claude}\n");
    std::string with_claude = text;
    with_claude.replace(with_claude.find("models:\n"), 0,
                        "  claude: {dialect: anthropic, base_url: \"https://api.anthropic.com\", api_key: \"${OPENAI_API_KEY}\"}\n");
    EXPECT_NE(problems_of(with_claude).find("must name a provider of OpenAI's API"), std::string::npos);
}

TEST(LoadPassThrough, BesideHardBudgetsNeedsAnAmountToReserve) {
    const std::string_view hard = "budgets:\n  - {scope: total, usd: 5.0, window: day}\n";
    EXPECT_NE(problems_of(with_section("{provider: openai}", hard)).find("`pass_through.usd_per_request` is needed"), std::string::npos);
    EXPECT_EQ(problems_of(with_section("{provider: openai, usd_per_request: 0.05}", hard)), "");
    const std::string_view soft = "budgets:\n  - {scope: total, usd: 5.0, window: day, kind: soft}\n";
    EXPECT_EQ(problems_of(with_section("{provider: openai}", soft)), "");
}

TEST(LoadPassThrough, PassesForKeysThatSaySo) {
    const auto provider_of = [](std::string_view more) {
        const LoadResult result = load_yaml(with_section("{provider: openai}", key_with(more)));
        EXPECT_NE(result.snapshot, nullptr) << report_of(result.problems);
        const auto id = result.snapshot->keys.front().principal.pass_through;
        return id ? result.snapshot->provider(*id).name : std::string("none");
    };
    EXPECT_EQ(provider_of(""), "none");
    EXPECT_EQ(provider_of(", pass_through: false"), "none");
    EXPECT_EQ(provider_of(", pass_through: true"), "openai");
    EXPECT_EQ(provider_of(", pass_through: onprem"), "onprem");
}

TEST(LoadPassThrough, OfAKeyNeedsTheSectionAndARightPlace) {
    EXPECT_NE(problems_of(std::string(kValidText) + key_with(", pass_through: true")).find("needs the section `pass_through`"),
              std::string::npos);
    EXPECT_NE(problems_of(with_section("{provider: openai}", key_with(", pass_through: true, stay: inside"))).find("leads outside"),
              std::string::npos);
    EXPECT_NE(problems_of(with_section("{provider: openai}", key_with(", pass_through: yes"))).find("names the provider `yes`"),
              std::string::npos);
}

TEST(LoadPassThrough, KeepsItsNameForItself) {
    std::string text = with_section("{provider: openai}");
    text.replace(text.find("  code: {tier: mid}\n"), 0, "  pass_through: {tier: mid}\n");
    EXPECT_NE(problems_of(text).find("needs the name `pass_through`"), std::string::npos);
}

}  // namespace
}  // namespace tierway::config::test
