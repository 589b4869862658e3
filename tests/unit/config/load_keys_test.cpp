#include <string>

#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

const std::string kDigest = hex_of(sha256("tw-one"));
const std::string kOther = hex_of(sha256("tw-two"));

/// The valid text with this section `keys`. The text of a `Mistake` has to live for ever.
std::string with_keys(const std::string& keys) {
    return std::string(kValidText) + "keys: " + keys + "\n";
}

LoadResult load_keys_text(const std::string& keys) {
    return load_yaml(with_keys(keys));
}

struct KeyMistake {
    std::string_view name;
    std::string keys;  ///< With `^` before the place that the problem must name, `$1` and `$2` for two digests.
    std::string_view message;
};

std::string with_digests(std::string text) {
    for (const auto& [mark, digest] : {std::pair{"$1", kDigest}, std::pair{"$2", kOther}}) {
        for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
            text.replace(at, 2, digest);
        }
    }
    return text;
}

void expect_key_problems(const std::vector<KeyMistake>& mistakes) {
    for (const KeyMistake& mistake : mistakes) {
        SCOPED_TRACE(mistake.name);
        std::string text = with_keys(with_digests(mistake.keys));
        const std::string place = take_place(text);
        const LoadResult result = load_yaml(text);
        EXPECT_EQ(result.snapshot, nullptr);
        ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
        const std::string problem = result.problems.front().to_string();
        EXPECT_TRUE(problem.starts_with(place)) << problem << "\nexpected at " << place;
        EXPECT_NE(problem.find(mistake.message), std::string::npos) << problem << "\nexpected: " << mistake.message;
        EXPECT_EQ(problem.find(kDigest), std::string::npos) << "a digest is nobody's business";
        EXPECT_EQ(problem.find(kOther), std::string::npos);
        EXPECT_EQ(problem.find("tw-"), std::string::npos) << "it may be a key";
    }
}

TEST(LoadKeys, ReadsEverySetting) {
    const LoadResult result = load_keys_text(with_digests(R"(
  - id: checkout-agent
    sha256: "$1"
    team: shop
    max_tier: mid
    classes: [code]
    models: {allow: ["openai/*", onprem/qwen], deny: [openai/gpt-5]}
    stay: inside
    expires: 2027-01-31T12:30:05Z
    escalations: {above: small, per_hour: 200, share_max: 0.2, usd_per_hour: 5.000000001}
  - {id: other, sha256: $2})"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_TRUE(result.warnings.empty()) << report_of(result.warnings);
    const Snapshot& snapshot = *result.snapshot;
    ASSERT_EQ(snapshot.keys.size(), 2U);
    const AccessKey& key = snapshot.keys[0];
    const Principal& principal = key.principal;
    EXPECT_EQ(principal.id, "checkout-agent");
    EXPECT_EQ(principal.team, "shop");
    EXPECT_EQ(principal.key, KeyId{0});
    EXPECT_EQ(principal.max_tier, snapshot.find_tier("mid"));
    ASSERT_TRUE(principal.classes);
    EXPECT_TRUE(principal.may_declare(*snapshot.find_class("code")));
    EXPECT_FALSE(principal.may_declare(*snapshot.find_class("chat")));
    EXPECT_TRUE(principal.may_use(*snapshot.find_model("onprem/qwen")));
    EXPECT_TRUE(principal.may_use(*snapshot.find_model("openai/gpt-5-mini")));
    EXPECT_FALSE(principal.may_use(*snapshot.find_model("openai/gpt-5")));
    EXPECT_TRUE(principal.stay_inside);
    EXPECT_EQ(key.expires, WallTime(std::chrono::seconds(1'801'398'605)));
    EXPECT_EQ(principal.escalations.above, TierId{});
    EXPECT_EQ(principal.escalations.per_hour, 200U);
    EXPECT_EQ(principal.escalations.share_max, 0.2);
    EXPECT_EQ(principal.escalations.usd_per_hour, Usd::from_nano(5'000'000'001));
    EXPECT_EQ(snapshot.key_ring.find(sha256("tw-one")), KeyId{0});
    EXPECT_EQ(snapshot.key_ring.find(sha256("tw-two")), KeyId{1});
    EXPECT_EQ(snapshot.find_key("other"), KeyId{1});
}

TEST(LoadKeys, AKeyWithoutSettingsIsLimitedByNothing) {
    const LoadResult result = load_keys_text(with_digests("[{id: a, sha256: $1}]"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const AccessKey& key = result.snapshot->keys[0];
    EXPECT_FALSE(key.principal.max_tier);
    EXPECT_FALSE(key.principal.classes);
    EXPECT_TRUE(key.principal.may_use(ModelId{0}));
    EXPECT_FALSE(key.principal.stay_inside);
    EXPECT_FALSE(key.principal.escalations.any());
    EXPECT_FALSE(key.expires);
}

TEST(LoadKeys, AKeyThatIsBeingReplacedHasTwoDigests) {
    const LoadResult result = load_keys_text(with_digests("[{id: a, sha256: [$1, $2]}]"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->key_ring.find(sha256("tw-one")), KeyId{0});
    EXPECT_EQ(result.snapshot->key_ring.find(sha256("tw-two")), KeyId{0});
}

TEST(LoadKeys, NoClassesAreNotAllClasses) {
    const LoadResult result = load_keys_text(with_digests("[{id: a, sha256: $1, classes: []}]"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_FALSE(result.snapshot->keys[0].principal.may_declare(ClassId{0}));
}

TEST(LoadKeys, ReportsMistakesAtTheirPlaceWithoutRepeatingDigests) {
    expect_key_problems({
        {"no list", "^{id: a}", "`keys` must be a list"},
        {"no key", "^[]", "`keys` needs at least one key"},
        {"no mapping", "[^a]", "`keys[1]` must be a mapping"},
        {"no id", "[^{sha256: $1}]", "`keys[1]` lacks `id`"},
        {"no digest", "[^{id: a}]", "`keys[1]` lacks `sha256`: write what `tierway keys new` prints"},
        {"an id that is the key", "[{id: ^tw-Secret, sha256: $1}]", "`keys[1].id` must be 1 to 64 of the characters"},
        {"an id twice", "[{id: a, sha256: $1}, {id: ^a, sha256: $2}]", "`keys[2].id` is also that of `keys[1]`"},
        {"the key for its digest", "[{id: a, sha256: ^tw-Secret}]", "`keys[1].sha256` is the key itself"},
        {"a digest cut off", "[{id: a, sha256: ^0123}]", "must be the 64 hexadecimal digits"},
        {"a digest with a letter too far", "[{id: a, sha256: ^g" + kDigest.substr(1) + "}]", "must be the 64 hexadecimal digits"},
        {"a digest that is a mapping", "[{id: a, sha256: ^{a: b}}]", "must be the 64 hexadecimal digits"},
        {"a digest of two keys", "[{id: a, sha256: $1}, {id: b, sha256: ^$1}]", "is written twice in `keys`"},
        {"a digest twice in one", "[{id: a, sha256: [$1, ^$1]}]", "is written twice in `keys`"},
        {"no digest in the list", "[{id: a, sha256: ^[]}]", "must list one digest, or two"},
        {"three digests", "[{id: a, sha256: ^[$1, $2, $2]}]", "must list one digest, or two"},
        {"a misspelt setting", "[{id: a, sha256: $1, ^maxtier: mid}]", "has no key `maxtier`. Did you mean `max_tier`?"},
        {"an unknown tier", "[{id: a, sha256: $1, max_tier: ^mids}]", "Did you mean `mid`?"},
        {"an unknown class", "[{id: a, sha256: $1, classes: [chat, ^cod]}]",
         "`keys[1].classes` names the class `cod`, which `classes` does not have. Did you mean `code`?"},
        {"classes that are no list", "[{id: a, sha256: $1, classes: ^chat}]", "must be a list"},
        {"an unknown model", "[{id: a, sha256: $1, models: {deny: [^openai/gpt-5-mni]}}]",
         "which is not configured. Did you mean `openai/gpt-5-mini`?"},
        {"no model allowed", "[^{id: a, sha256: $1, models: {allow: []}}]", "leaves the key no model"},
        {"every model denied", "[^{id: a, sha256: $1, models: {deny: [\"*\"]}}]", "leaves the key no model"},
        {"inside without a model there", "[^{id: a, sha256: $1, stay: inside, models: {deny: [onprem/qwen]}}]",
         "leaves the key no model"},
        {"models that are a list", "[{id: a, sha256: $1, models: ^[openai/gpt-5]}]", "must be a mapping"},
        {"a side that there is not", "[{id: a, sha256: $1, stay: ^outside}]", "must be `inside`"},
        {"a team with a space", "[{id: a, sha256: $1, team: ^a b}]", "`keys[1].team` must be 1 to 64"},
        {"a day that there is not", "[{id: a, sha256: $1, expires: ^2027-02-29}]", "must be a day such as `2027-01-31`"},
        {"a time elsewhere", "[{id: a, sha256: $1, expires: ^2027-01-31T12:00:00+01:00}]", "(UTC)"},
        {"a duration for a time", "[{id: a, sha256: $1, expires: ^30d}]", "must be a day such as"},
        {"a ground without quotas", "[{id: a, sha256: $1, escalations: ^{above: small}}]", "limits nothing"},
        {"a ground that is no tier", "[{id: a, sha256: $1, escalations: {above: ^smal, per_hour: 1}}]", "Did you mean `small`?"},
        {"quotas of nothing", "[{id: a, sha256: $1, escalations: ^{}}]", "limits nothing"},
        {"half an escalation", "[{id: a, sha256: $1, escalations: {per_hour: ^0.5}}]", "must be a whole number from 0"},
        {"a share of two", "[{id: a, sha256: $1, escalations: {share_max: ^2}}]", "must be a number from 0 to 1"},
        {"a debt", "[{id: a, sha256: $1, escalations: {usd_per_hour: ^-1}}]", "must be an amount of USD from 0 to 1000000"},
        {"too much", "[{id: a, sha256: $1, escalations: {usd_per_hour: ^1000000.1}}]", "must be an amount of USD"},
    });
}

TEST(LoadKeys, AGlobWithoutAModelIsOnlyWarnedOf) {
    const LoadResult result = load_keys_text(with_digests("[{id: a, sha256: $1, models: {deny: [\"anthropic/*\"]}}]"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    ASSERT_EQ(result.warnings.size(), 1U);
    EXPECT_NE(result.warnings[0].message.find("matches no model with `anthropic/*`"), std::string::npos);
}

TEST(LoadKeys, KeysOpenTheDataPlaneToOtherMachinesAndATokenTheAdminPlane) {
    std::string text = changed("\"127.0.0.1:0\"", "\"0.0.0.0:0\"") + with_digests("keys: [{id: a, sha256: $1}]\n");
    EXPECT_NE(load_yaml(text).snapshot, nullptr) << report_of(load_yaml(text).problems);
    text.replace(text.find("127.0.0.1:8081"), 14, "10.0.0.1:8081");
    const LoadResult result = load_yaml(text);
    ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
    EXPECT_NE(result.problems[0].message.find("`admin.listen` would open `10.0.0.1`"), std::string::npos);
    text.replace(text.find("10.0.0.1:8081\""), 14, "10.0.0.1:8081\", token: \"${ADMIN_TOKEN}\"");
    const LoadResult with_token = load_yaml(text);
    ASSERT_NE(with_token.snapshot, nullptr) << report_of(with_token.problems);
    EXPECT_EQ(with_token.snapshot->admin.token.reveal(), "0123456789abcdef");
}

TEST(LoadKeys, WithoutKeysOtherMachinesNeedWordsThatSaySo) {
    const LoadResult result = load_yaml(changed("\"127.0.0.1:0\"", "\"0.0.0.0:0\", without_keys: anyone"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_TRUE(result.snapshot->server.anyone_without_keys);
    ASSERT_EQ(result.warnings.size(), 1U);
    EXPECT_NE(result.warnings[0].message.find("lets everybody who reaches the data plane spend your money"), std::string::npos);
    const LoadResult both = load_yaml(changed("\"127.0.0.1:0\"", "\"0.0.0.0:0\", without_keys: anyone") +
                                      with_digests("keys: [{id: a, sha256: $1}]\n"));
    ASSERT_EQ(both.problems.size(), 1U) << report_of(both.problems);
    EXPECT_NE(both.problems[0].message.find("contradicts the section `keys`"), std::string::npos);
}

TEST(KeyRing, FindsEveryKeyOfManyAndNoOther) {
    std::vector<AccessKey> keys(3'000);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        keys[i].digests = {sha256("key " + std::to_string(i)), sha256("old key " + std::to_string(i))};
    }
    const KeyRing ring(keys);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        ASSERT_EQ(ring.find(sha256("key " + std::to_string(i))), KeyId(i));
        ASSERT_EQ(ring.find(sha256("old key " + std::to_string(i))), KeyId(i));
        ASSERT_FALSE(ring.find(sha256("other key " + std::to_string(i))));
    }
    EXPECT_FALSE(KeyRing().find(sha256("")));
}

TEST(KeyRing, DigestsThatBeginAlikeAreToldApart) {
    Sha256 digest = sha256("x");
    std::vector<AccessKey> keys(3);
    for (unsigned char i = 0; i < 3; ++i) {
        digest.back() = i;
        keys[i].digests = {digest};
    }
    const KeyRing ring(keys);
    digest.back() = 1;
    EXPECT_EQ(ring.find(digest), KeyId{1});
    digest.back() = 9;
    EXPECT_FALSE(ring.find(digest));
}

}  // namespace
}  // namespace tierway::config::test
