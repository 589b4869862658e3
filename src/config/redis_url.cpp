#include "config/redis_url.hpp"

#include <string>
#include <utility>

#include "config/addresses.hpp"

namespace tierway::config {
namespace {

constexpr std::int64_t kDatabaseMax = 65'535;

}  // namespace

Parsed<RedisSettings> parse_redis_url(std::string_view text) {
    using Result = Parsed<RedisSettings>;
    const bool tls = text.starts_with("rediss://");
    if (!tls && !text.starts_with("redis://")) {
        return Result::bad("must begin with `redis://`, or with `rediss://` for TLS");
    }
    const std::string_view rest = text.substr(text.find("://") + 3);
    if (rest.find('@') != std::string_view::npos) {
        return Result::bad("must not hold a user name or password: write `user` and `password: \"${NAME}\"`");
    }
    if (rest.find_first_of("?#") != std::string_view::npos) {
        return Result::bad("must not have a query or a fragment (`?`, `#`)");
    }
    const std::string_view authority = rest.substr(0, rest.find('/'));
    const std::size_t bracket = authority.rfind(']');
    const bool has_port = authority.find(':', bracket == std::string_view::npos ? 0 : bracket) != std::string_view::npos;
    std::string_view path = rest.substr(authority.size());
    // Hosts and ports are those of providers.
    auto address = parse_base_url("http://" + std::string(authority));
    if (!address.value) {
        return Result::bad(address.problem);
    }
    RedisSettings settings;
    settings.tls = tls;
    settings.host = std::move(address.value->host);
    settings.port = has_port ? address.value->port : settings.port;
    path.remove_prefix(path.empty() ? 0 : 1);
    if (!path.empty()) {
        const auto database = parse_integer(path, 0, kDatabaseMax);
        if (!database.value) {
            return Result::bad("has a database that " + database.problem);
        }
        settings.database = static_cast<unsigned>(*database.value);
    }
    return Result::good(std::move(settings));
}

}  // namespace tierway::config
