#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulator/answer.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::simulator {

/// What reached the simulator and what it billed, for tests to compare with what the gateway sent and accounted. Bounded: the
/// last 64 requests, each with at most 1 MiB of its body. Lives on the simulator's worker.
class RequestLog {
public:
    static constexpr std::size_t kRequestsMax = 64;
    static constexpr std::size_t kBodyBytesMax = std::size_t{1} << 20U;

    explicit RequestLog(const std::vector<std::string>& models);

    void add(std::string_view method, std::string_view target, const wire::HttpFields& fields, std::string_view body);
    /// Counts a request for the model, whatever becomes of it. REQUIRES: one of the models given at construction.
    void count_request(std::string_view model);
    /// Raises what the model has billed from `before` to `now`, two states of one request's usage.
    void bill(std::string_view model, const Usage& before, const Usage& now);

    /// {"simulated":true,"models":{"sim-small":{"requests":…,"prompt_tokens":…,"completion_tokens":…,"cached_tokens":…,
    /// "reasoning_tokens":…}}}
    [[nodiscard]] std::string stats_json() const;
    /// {"simulated":true,"requests":[{"method","path","headers":[[name,value]…],"body","body_bytes","body_cut"}…]}, the newest
    /// first.
    [[nodiscard]] std::string requests_json(std::size_t count) const;

private:
    struct Received {
        std::string method;
        std::string path;
        std::vector<std::pair<std::string, std::string>> headers;
        std::string body;
        std::size_t body_bytes = 0;
    };
    struct Stats {
        std::int64_t requests = 0;
        Usage billed;
    };

    std::map<std::string, Stats, std::less<>> stats_;
    std::deque<Received> received_;
};

}  // namespace tierway::simulator
