#include "gateway/relayed_fields.hpp"

#include <string_view>

namespace tierway::gateway {
namespace {

/// \param limited whether the client has rate limits of its own: the provider's then say nothing to it.
bool is_relayed(std::string_view name, bool limited) {
    return (!limited && wire::starts_with_ignoring_case(name, "x-ratelimit-")) || wire::starts_with_ignoring_case(name, "openai-") ||
           wire::starts_with_ignoring_case(name, "anthropic-");
}

}  // namespace

void relay_provider_fields(RequestContext& context, const wire::HttpFields& fields) {
    net::HeaderBlock& relayed = context.relayed_headers;
    relayed.clear();
    const bool limited = context.plan().principal->limits.any();
    for (const wire::HttpField& field : fields) {
        if (is_relayed(field.name, limited)) {
            relayed.add(field.name, field.value);
        } else if (wire::equals_ignoring_case(field.name, "x-request-id")) {
            relayed.add("x-tierway-upstream-request-id", field.value);
        } else if (wire::equals_ignoring_case(field.name, "x-simulated")) {
            relayed.add("x-simulated", field.value);
        }
    }
}

}  // namespace tierway::gateway
