#include "store/redis_greeting.hpp"

#include <algorithm>
#include <string>

namespace tierway::store {
namespace {

/// The value of a line "name:value"; empty when there is none.
std::string_view value_of(std::string_view info, std::string_view name) {
    std::size_t at = 0;
    while (at < info.size()) {
        const std::size_t end = std::min(info.find("\r\n", at), info.size());
        const std::string_view line = info.substr(at, end - at);
        if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
            return line.substr(name.size() + 1);
        }
        at = end + 2;
    }
    return {};
}

}  // namespace

RedisGreeting read_redis_info(std::string_view info) {
    RedisGreeting greeting;
    greeting.process = value_of(info, "run_id");
    greeting.identity.append(greeting.process).append("/").append(value_of(info, "master_replid"));
    const std::string_view policy = value_of(info, "maxmemory_policy");
    const std::string_view bound = value_of(info, "maxmemory");
    greeting.may_evict = !policy.empty() && policy != "noeviction" && !bound.empty() && bound != "0";
    return greeting;
}

Milliseconds reconnect_pause(unsigned failures, double draw) noexcept {
    const unsigned doublings = std::min(failures > 0 ? failures - 1 : 0U, 10U);
    const Milliseconds whole = std::min(RedisClient::kPauseMin * (1U << doublings), RedisClient::kPauseMax);
    const auto half = static_cast<double>(whole.count()) / 2;
    return Milliseconds(static_cast<std::int64_t>(half + half * std::clamp(draw, 0.0, 1.0)));
}

}  // namespace tierway::store
