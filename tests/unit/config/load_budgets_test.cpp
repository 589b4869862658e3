#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kLog = "log: {level: info}";

TEST(LoadBudgets, ReportsEachMistake) {
    expect_problems(std::to_array<Mistake>({
        {"not a list", kLog, "budgets: ^{scope: total}", "`budgets` must be a list such as"},
        {"no scope", kLog, "budgets: [^{usd: 1, window: day}]", "`budgets[0]` lacks `scope`"},
        {"unknown scope", kLog, "budgets: [{scope: ^user, usd: 1, window: day}]", "`budgets[0].scope` must be"},
        {"unknown class", kLog, "budgets: [{scope: class, name: ^chatt, usd: 1, window: day}]",
         "names the class `chatt`, which `classes` does not have. Did you mean `chat`?"},
        {"unknown key", kLog, "budgets: [{scope: key, name: ^agent, usd: 1, window: day}]",
         "names the key `agent`, which `keys` does not have."},
        {"unknown team", kLog,
         "keys: [{id: a, team: search, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]\nbudgets: "
         "[{scope: team, name: ^serch, usd: 1, window: day}]",
         "names the team `serch`, which `keys` does not have. Did you mean `search`?"},
        {"name of the total", kLog, "budgets: [{scope: total, name: ^all, usd: 1, window: day}]",
         "has no meaning for the scope `total`"},
        {"no money", kLog, "budgets: [{scope: total, usd: ^0, window: day}]", "must be above 0"},
        {"negative money", kLog, "budgets: [{scope: total, usd: ^-1, window: day}]", "must be an amount of USD"},
        {"money with exponent", kLog, "budgets: [{scope: total, usd: ^1e3, window: day}]", "not `1e3`"},
        {"too many decimals", kLog, "budgets: [{scope: total, usd: ^0.0000000001, window: day}]", "at most nine decimals"},
        {"unknown window", kLog, "budgets: [{scope: total, usd: 1, window: ^week}]", "`budgets[0].window` must be"},
        {"unknown zone", kLog, "budgets: [{scope: total, usd: 1, window: day, time_zone: ^Europe/Berlinn}]",
         "must be a name of the IANA database"},
        {"unknown kind", kLog, "budgets: [{scope: total, usd: 1, window: day, kind: ^firm}]", "`budgets[0].kind` must be"},
        {"the same twice", kLog, "budgets: [{scope: key, usd: 1, window: day}, ^{scope: key, usd: 2, window: day}]",
         "`budgets[1]` limits what another entry limits"},
        {"store without a kind", kLog, "store: ^{wait_max: 1s}", "`store` lacks `sqlite`"},
    }));
}

TEST(LoadBudgets, WarnsWhenNothingKeepsThem) {
    expect_warnings(std::to_array<Mistake>({
        {"in memory", kLog, "budgets: ^[{scope: total, usd: 1, window: day}]", "kept in memory only"},
    }));
}

TEST(LoadBudgets, ReadsEveryKey) {
    const LoadResult result = load_yaml(changed(kLog,
                                                "store: {sqlite: \"/var/lib/t.db\", durability: process, wait_max: 1s}\n"
                                                "budgets:\n"
                                                "  - {scope: key, usd: 20.5, window: day}\n"
                                                "  - {scope: class, name: chat, usd: 0.000000001, window: month, "
                                                "time_zone: \"America/St_Johns\", kind: soft}\n"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_TRUE(result.warnings.empty()) << report_of(result.warnings);
    const Store& store = result.snapshot->store;
    EXPECT_EQ(store.kind, Store::Kind::Sqlite);
    EXPECT_EQ(store.sqlite_file, "/var/lib/t.db");
    EXPECT_FALSE(store.survives_power_loss);
    EXPECT_EQ(store.wait_max, Milliseconds(1'000));
    ASSERT_EQ(result.snapshot->budgets.size(), 2U);
    const Budget& first = result.snapshot->budgets[0];
    EXPECT_EQ(first.scope, BudgetScope::Key);
    EXPECT_EQ(first.name, "");
    EXPECT_EQ(first.limit, Usd::from_nano(20'500'000'000));
    EXPECT_EQ(first.window, Window::Day);
    EXPECT_EQ(first.zone.name(), "UTC");
    EXPECT_TRUE(first.hard);
    const Budget& second = result.snapshot->budgets[1];
    EXPECT_EQ(second.scope, BudgetScope::Class);
    EXPECT_EQ(second.name, "chat");
    EXPECT_EQ(second.limit, Usd::from_nano(1));
    EXPECT_EQ(second.window, Window::Month);
    EXPECT_EQ(second.zone.name(), "America/St_Johns");
    EXPECT_FALSE(second.hard);
}

TEST(LoadStore, ReportsEachMistakeAboutRedis) {
    expect_problems(std::to_array<Mistake>({
        {"no scheme", kLog, "store: {redis: ^\"host:6379\"}", "`store.redis` must begin with `redis://`"},
        {"no host", kLog, "store: {redis: ^\"redis://:6379\"}", "needs a host name"},
        {"password in the URL", kLog, "store: {redis: ^\"redis://:secret@h\"}", "must not hold a user name or password"},
        {"port", kLog, "store: {redis: ^\"redis://h:0\"}", "has a port that"},
        {"database", kLog, "store: {redis: ^\"redis://h/x\"}", "has a database that"},
        {"query", kLog, "store: {redis: ^\"redis://h/0?a=b\"}", "must not have a query"},
        {"metadata address", kLog, "store: {redis: ^\"redis://169.254.169.254\"}", "link-local"},
        {"no URL", kLog, "store: {redis: ^{slice: 0.1}}", "`store.redis` lacks `url`"},
        {"password in the file", kLog, "store: {redis: {url: \"redis://h\", password: ^secret}}", "must be `${NAME}`"},
        {"user alone", kLog, "store: {redis: ^{url: \"redis://h\", user: me}}", "has a `user` and no `password`"},
        {"prefix without a tag", kLog, "store: {redis: {url: \"redis://h\", key_prefix: ^\"tierway:\"}}", "a name in braces"},
        {"prefix with an empty tag", kLog, "store: {redis: {url: \"redis://h\", key_prefix: ^\"{}t:\"}}", "a name in braces"},
        {"short lease", kLog, "store: {redis: {url: \"redis://h\", lease: ^1s}}", "must be at least 5s"},
        {"large slice", kLog, "store: {redis: {url: \"redis://h\", slice: ^2}}", "`store.redis.slice` must be"},
        {"unknown key", kLog, "store: {redis: {url: \"redis://h\", ^slic: 0.1}}", "Did you mean `slice`?"},
    }));
}

TEST(LoadStore, WarnsOfAnUnencryptedPasswordAndOfAnUnusedBundle) {
    expect_warnings(std::to_array<Mistake>({
        {"password", kLog, "store: {redis: ^{url: \"redis://redis.internal\", password: \"${OPENAI_API_KEY}\"}}",
         "sends its password unencrypted to `redis.internal`"},
        {"bundle", kLog, "store: {redis: ^{url: \"redis://127.0.0.1\", ca_file: /etc/ssl/certs/ca-certificates.crt}}",
         "`store.redis.ca_file` has no effect"},
    }));
}

TEST(LoadStore, ReadsEveryKeyOfRedis) {
    const LoadResult result = load_yaml(changed(
        kLog, "store: {redis: {url: \"rediss://Redis.example:7000/3\", user: gate, password: \"${OPENAI_API_KEY}\", key_prefix: "
              "\"{prod}:\", lease: 30s, slice: 0.05, rebuild: 2s}, sqlite: own.db}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_TRUE(result.warnings.empty()) << report_of(result.warnings);
    const Store& store = result.snapshot->store;
    EXPECT_EQ(store.kind, Store::Kind::Redis);
    EXPECT_EQ(store.sqlite_file, "own.db");
    EXPECT_TRUE(store.redis.tls);
    EXPECT_EQ(store.redis.host, "redis.example");
    EXPECT_EQ(store.redis.port, 7'000);
    EXPECT_EQ(store.redis.database, 3U);
    EXPECT_EQ(store.redis.user, "gate");
    EXPECT_FALSE(store.redis.password.empty());
    EXPECT_EQ(store.redis.key_prefix, "{prod}:");
    EXPECT_EQ(store.redis.lease, Milliseconds(30'000));
    EXPECT_EQ(store.redis.slice, 0.05);
    EXPECT_EQ(store.redis.rebuild, Milliseconds(2'000));
}

TEST(LoadStore, ReadsTheShortFormOfRedis) {
    const LoadResult result = load_yaml(changed(kLog, "store: {redis: \"redis://[::1]\"}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->store.kind, Store::Kind::Redis);
    EXPECT_EQ(result.snapshot->store.redis.host, "::1");
    EXPECT_EQ(result.snapshot->store.redis.port, 6'379);
    EXPECT_FALSE(result.snapshot->store.redis.tls);
}

TEST(LoadBudgets, TheDefaultKeepsNothing) {
    const LoadResult result = load_yaml(kValidText);
    ASSERT_NE(result.snapshot, nullptr);
    EXPECT_EQ(result.snapshot->store.kind, Store::Kind::Memory);
    EXPECT_TRUE(result.snapshot->store.survives_power_loss);
    EXPECT_TRUE(result.snapshot->budgets.empty());
}

}  // namespace
}  // namespace tierway::config::test
