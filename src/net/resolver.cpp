#include "tierway/net/resolver.hpp"

#include <boost/asio/ip/address.hpp>

namespace tierway::net {

Task<Result<Resolver::Addresses>> Resolver::resolve(std::string host, std::uint16_t port) {
    boost::system::error_code not_numeric;
    const boost::asio::ip::address address = boost::asio::ip::make_address(host, not_numeric);
    if (!not_numeric) {
        Addresses one;
        one.emplace_back(address, port);
        co_return one;
    }
    const std::string key = host + ':' + std::to_string(port);
    const SteadyTime now = std::chrono::steady_clock::now();
    if (const auto found = cache_.find(key); found != cache_.end() && now < found->second.until) {
        co_return found->second.addresses;
    }
    const std::string service = std::to_string(port);
    auto [error, results] = co_await resolver_.async_resolve(host, service, kAwait);
    Entry& entry = cache_[key];
    if (error || results.empty()) {
        if (entry.addresses.empty()) {
            cache_.erase(key);
            co_return Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_unavailable",
                                      "The provider's name cannot be resolved.")
                .with_detail(key + ": " + error.message())
                .with_retry(Retry::Safe);
        }
    } else {
        entry.addresses.clear();
        for (const auto& result : results) {
            entry.addresses.push_back(result.endpoint());
        }
    }
    entry.until = std::chrono::steady_clock::now() + kKeep;
    co_return entry.addresses;
}

}  // namespace tierway::net
