#include "gateway/passing/pass_through_rules.hpp"

#include <algorithm>
#include <array>

#include "gateway/upstream_head.hpp"
#include "tierway/ledger/cost.hpp"

namespace tierway::gateway {
namespace {

/// A client's fields that concern the request, not the client or the way.
constexpr std::array<std::string_view, 9> kRequestFields{"accept",          "content-type",  "idempotency-key",
                                                         "if-match",        "if-modified-since", "if-none-match",
                                                         "if-range",        "openai-beta",   "range"};
constexpr std::array<std::string_view, 11> kContentFields{"accept-ranges", "cache-control",       "content-disposition",
                                                          "content-encoding", "content-language", "content-range",
                                                          "content-type",  "etag",                "last-modified",
                                                          "location",      "retry-after"};
/// Nobody pays for keeping or checking what is sent there.
constexpr std::array<std::string_view, 3> kFreeSegments{"files", "moderations", "uploads"};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
    return std::any_of(names.begin(), names.end(), [name](std::string_view each) { return wire::equals_ignoring_case(each, name); });
}

bool may_cost(std::string_view method, std::string_view segment) noexcept {
    return method == "POST" && !holds(kFreeSegments, segment);
}

}  // namespace

std::optional<PassedPath> path_that_passes(const config::Snapshot& snapshot, std::string_view path) noexcept {
    if (!snapshot.pass_through) {
        return std::nullopt;
    }
    const auto passed = read_passed_path(path);
    return passed && snapshot.pass_through->serves(passed->segment) ? passed : std::nullopt;
}

Result<config::ProviderId> pass_through_provider(const config::Snapshot& snapshot, const config::Principal& principal) {
    const auto provider = principal.key ? principal.pass_through : std::optional(snapshot.pass_through->provider);
    if (!provider) {
        return Error::downstream(ErrorKind::ModelNotAllowed, "pass_through_not_allowed",
                                 "This key may use the gateway's models only. What passes to a provider as it is needs `pass_through: "
                                 "true` at the key.");
    }
    return *provider;
}

std::string passed_head(const config::Provider& provider, std::string_view method, std::string_view rest, std::string_view query,
                        const wire::HttpFields& fields) {
    std::string head(method);
    head.append(" ").append(provider.base_url.prefix).append(rest).append(query);
    head.append(" HTTP/1.1\r\nHost: ").append(provider.base_url.authority()).append("\r\n");
    head.append(credential_field(provider)).append("User-Agent: tierway\r\n");
    for (const wire::HttpField& field : fields) {
        if (holds(kRequestFields, field.name)) {
            head.append(field.name).append(": ").append(field.value).append("\r\n");
        }
    }
    return head;
}

bool is_content_field(std::string_view name) noexcept {
    return holds(kContentFields, name);
}

Usd passed_estimate(const config::PassThrough& rules, std::string_view method, std::string_view segment) noexcept {
    return may_cost(method, segment) ? rules.usd_per_request.value_or(Usd()) : Usd();
}

void charge_passed(const config::PassThrough& rules, std::string_view method, std::string_view segment, bool was_answered,
                   const std::optional<dialect::TokenUsage>& reported, PassedOn& passed) {
    if (reported) {
        passed.usage = *reported;
        passed.source = ledger::UsageSource::Provider;
        if (const auto price = rules.prices.find(passed.asked_model); price != rules.prices.end()) {
            passed.cost = ledger::cost_of(*reported, price->second);
            return;
        }
    }
    if (!was_answered || !may_cost(method, segment)) {
        return;
    }
    passed.cost = rules.usd_per_request.value_or(Usd());
    passed.source = reported ? ledger::UsageSource::Provider : ledger::UsageSource::Estimated;
    passed.usage_missing = true;
}

}  // namespace tierway::gateway
