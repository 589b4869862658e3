#include <algorithm>
#include <string>

#include "config/addresses.hpp"
#include "config/expansion.hpp"
#include "config/loading.hpp"
#include "config/redis_url.hpp"

namespace tierway::config {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kPrefixBytesMax = 64;
constexpr Milliseconds kLeaseMin{5'000};

// Whether a usable URL was read.
bool read_url(Loading& loading, MapReader& reader, std::string_view key, RedisSettings& settings) {
    const YamlNode* node = reader.take_scalar(key);
    if (node == nullptr) {
        return false;
    }
    const auto expanded = expand_environment(node->text, loading.environment);
    auto parsed = expanded.value ? parse_redis_url(*expanded.value) : Parsed<RedisSettings>::bad(expanded.problem);
    if (!parsed.value) {
        reader.fail(key, node->place, parsed.problem);
        return false;
    }
    settings = *std::move(parsed.value);
    return true;
}

// All keys of a deployment must be in one slot, or its scripts cannot be atomic.
bool has_hash_tag(std::string_view prefix) {
    const std::size_t open = prefix.find('{');
    const std::size_t close = prefix.find('}', open == std::string_view::npos ? 0 : open);
    return open != std::string_view::npos && close != std::string_view::npos && close > open + 1;
}

void read_prefix(MapReader& reader, std::string& prefix) {
    const YamlNode* node = reader.take_scalar("key_prefix");
    if (node == nullptr || !reader.read_text("key_prefix", prefix)) {
        return;
    }
    const bool visible = std::all_of(prefix.begin(), prefix.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (!visible || prefix.size() > kPrefixBytesMax || !has_hash_tag(prefix)) {
        reader.fail("key_prefix", node->place,
                    "must be at most 64 visible ASCII characters with a name in braces, such as `{tierway}:`, so that a cluster keeps "
                    "all keys in one slot");
    }
}

void read_lease(MapReader& reader, Milliseconds& lease) {
    const YamlNode* node = reader.take("lease");
    if (node != nullptr && reader.read_duration("lease", lease, minutes(10)) && lease < kLeaseMin) {
        reader.fail("lease", node->place, "must be at least 5s: replicas say every half second that they live, and a pause is no death");
    }
}

void load_redis(Loading& loading, const YamlNode& section, RedisSettings& settings) {
    MapReader reader(section, "store.redis", loading.problems);
    if (!reader.is_mapping()) {
        return;
    }
    if (reader.require("url", "`url: \"redis://host:6379\"`") != nullptr) {
        read_url(loading, reader, "url", settings);
    }
    reader.read_text("user", settings.user);
    read_secret(loading, reader, "password", settings.password);
    read_ca_file(reader, settings.ca_file);
    read_prefix(reader, settings.key_prefix);
    read_lease(reader, settings.lease);
    reader.read_fraction("slice", settings.slice);
    reader.read_duration("rebuild", settings.rebuild, minutes(1));
    reader.finish();
    if (!settings.user.empty() && settings.password.empty()) {
        reader.fail_here("has a `user` and no `password`");
    }
}

void warn_of_open_password(Loading& loading, Place place, const RedisSettings& settings) {
    if (!settings.tls && !settings.password.empty() && !is_local_host(settings.host)) {
        loading.problems.warn(place, "`store.redis` sends its password unencrypted to " + quoted_value(settings.host) +
                                         ": use `rediss://` if it can.");
    }
    if (!settings.tls && !settings.ca_file.empty()) {
        loading.problems.warn(place, "`store.redis.ca_file` has no effect: its `url` begins with `redis://`.");
    }
}

}  // namespace

void load_store(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "store", loading.problems);
    Store& store = loading.snapshot.store;
    const YamlNode* sqlite = reader.take("sqlite");
    if (sqlite != nullptr && reader.read_text("sqlite", store.sqlite_file)) {
        store.kind = Store::Kind::Sqlite;
    }
    const YamlNode* redis = reader.take("redis");
    if (redis != nullptr) {
        store.kind = Store::Kind::Redis;
        if (redis->kind == YamlNode::Kind::Scalar) {
            read_url(loading, reader, "redis", store.redis);
        } else {
            load_redis(loading, *redis, store.redis);
        }
        warn_of_open_password(loading, redis->place, store.redis);
    }
    if (sqlite == nullptr && redis == nullptr && reader.is_mapping()) {
        reader.fail_here(
            "lacks `sqlite`, the file that spending is kept in, such as `tierway.db`, or `redis`, the server that replicas share");
    }
    reader.read_choice("durability", store.survives_power_loss, {{"power_loss", true}, {"process", false}});
    reader.read_duration("wait_max", store.wait_max, seconds(10));
    reader.finish();
}

}  // namespace tierway::config
