#include "tierway/net/resolver.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>
#include <exception>
#include <memory>
#include <utility>

namespace tierway::net {
namespace {

Resolver::Lookup system_lookup(boost::asio::io_context& context) {
    using SystemResolver = boost::asio::ip::basic_resolver<boost::asio::ip::tcp, Executor>;
    auto resolver = std::make_shared<SystemResolver>(context);
    return [resolver](std::string host, std::uint16_t port, boost::system::error_code& error) -> Task<Resolver::Addresses> {
        const std::string service = std::to_string(port);
        auto [problem, results] = co_await resolver->async_resolve(host, service, kAwait);
        error = problem;
        Resolver::Addresses addresses;
        for (const auto& result : results) {
            addresses.push_back(result.endpoint());
        }
        co_return addresses;
    };
}

}  // namespace

Resolver::Resolver(boost::asio::io_context& context) : Resolver(context, system_lookup(context)) {}

Resolver::Resolver(boost::asio::io_context& context, Lookup lookup) : context_(context), lookup_(std::move(lookup)) {}

Task<Result<Resolver::Addresses>> Resolver::resolve(std::string host, std::uint16_t port, SteadyTime deadline) {
    boost::system::error_code not_numeric;
    const boost::asio::ip::address address = boost::asio::ip::make_address(host, not_numeric);
    if (!not_numeric) {
        Addresses one;
        one.emplace_back(address, port);
        co_return one;
    }
    const std::string key = host + ':' + std::to_string(port);
    // Entries are never erased, so the reference stays good.
    Entry& entry = cache_[key];
    if (!entry.looking_up && std::chrono::steady_clock::now() >= entry.until) {
        begin_lookup(key, host, port);
    }
    if (entry.addresses.empty()) {
        Timer timer(context_);
        timer.expires_at(deadline);
        const auto place = entry.waiting.insert(entry.waiting.end(), &timer);
        co_await timer.async_wait(kAwait);
        entry.waiting.erase(place);
    }
    if (!entry.addresses.empty()) {
        co_return entry.addresses;
    }
    if (entry.looking_up) {
        co_return Error::upstream(ErrorKind::UpstreamTimeout, "upstream_timeout", "The provider's name was not resolved in time.")
            .with_detail(key)
            .with_retry(Retry::Safe);
    }
    co_return Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_unavailable", "The provider's name cannot be resolved.")
        .with_detail(key + ": " + entry.problem.message())
        .with_retry(Retry::Safe);
}

void Resolver::begin_lookup(const std::string& key, const std::string& host, std::uint16_t port) {
    cache_[key].looking_up = true;
    boost::asio::co_spawn(context_.get_executor(), look_up(key, host, port), [](const std::exception_ptr&) {});
}

Task<> Resolver::look_up(std::string key, std::string host, std::uint16_t port) {
    boost::system::error_code problem;
    Addresses found = co_await lookup_(host, port, problem);
    Entry& entry = cache_[key];
    entry.looking_up = false;
    entry.problem = problem;
    if (!problem && !found.empty()) {
        entry.addresses = std::move(found);
        put_preferred_first(entry);
    } else if (!problem) {
        entry.problem = boost::asio::error::host_not_found;
    }
    // A name that never was good is looked up again by the next request.
    entry.until = entry.addresses.empty() ? SteadyTime{} : std::chrono::steady_clock::now() + kKeep;
    for (Timer* const waiting : entry.waiting) {
        waiting->cancel();
    }
}

void Resolver::prefer(const std::string& host, std::uint16_t port, const Endpoint& endpoint) {
    const auto found = cache_.find(host + ':' + std::to_string(port));
    if (found != cache_.end()) {
        found->second.preferred = endpoint;
        put_preferred_first(found->second);
    }
}

void Resolver::put_preferred_first(Entry& entry) {
    const auto preferred = std::find(entry.addresses.begin(), entry.addresses.end(), entry.preferred);
    if (preferred != entry.addresses.end()) {
        std::rotate(entry.addresses.begin(), preferred, preferred + 1);
    }
}

}  // namespace tierway::net
