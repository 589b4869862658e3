#include <string>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

constexpr std::int64_t kConcurrentMax = 1'000'000;
/// Ten seconds' worth of requests at once: enough for a page that asks for several things, too little to feel.
constexpr std::int64_t kRequestBurstsPerMinute = 6;

/// \param bursts_per_minute what the limit is divided by for the burst that is not written, rounded up.
void read_rate(MapReader& reader, std::string_view key, std::string_view burst_key, std::int64_t bursts_per_minute,
               std::optional<RateLimit>& limit) {
    RateLimit stated;
    const YamlNode* burst = reader.take(burst_key);
    if (!reader.read_integer(key, stated.per_minute, 1, RateLimit::kAmountMax)) {
        if (burst != nullptr && reader.take(key) == nullptr) {
            reader.fail(burst_key, burst->place, "needs " + quoted_value(key) + ", whose burst it is");
        }
        return;
    }
    stated.burst = (stated.per_minute + bursts_per_minute - 1) / bursts_per_minute;
    if (burst != nullptr) {
        reader.read_integer(burst_key, stated.burst, 1, stated.per_minute);
    }
    limit = stated;
}

void read_limits(Loading& loading, const YamlNode& node, std::string path, RateLimits& limits) {
    MapReader reader(node, std::move(path), loading.problems);
    // As a whole: what is not written is not limited, whatever the default says.
    limits = {};
    read_rate(reader, "requests_per_minute", "requests_burst", kRequestBurstsPerMinute, limits.requests);
    read_rate(reader, "tokens_per_minute", "tokens_burst", 1, limits.tokens);
    unsigned concurrent = 0;
    if (reader.read_integer("concurrent", concurrent, 1, kConcurrentMax)) {
        limits.concurrent = concurrent;
    }
    reader.finish();
    if (reader.is_mapping() && reader.entries().empty()) {
        reader.fail_here("limits nothing: write `requests_per_minute`, `tokens_per_minute` or `concurrent`, or remove it");
    }
}

}  // namespace

void read_rate_limits(Loading& loading, MapReader& parent, RateLimits& limits) {
    if (const YamlNode* node = parent.take("limits"); node != nullptr) {
        read_limits(loading, *node, parent.path_of("limits"), limits);
    }
}

void load_key_limits(Loading& loading, const YamlNode& section) {
    if (!loading.has_keys) {
        loading.problems.error(section.place, "`key_limits` needs `keys`: without them nobody can be told apart. Add some, or "
                                              "remove it.");
    }
    read_limits(loading, section, "key_limits", loading.snapshot.key_limits);
}

}  // namespace tierway::config
