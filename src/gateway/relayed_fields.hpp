#pragma once

#include "gateway/request_context.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::gateway {

/// Notes those fields of a provider's answer that clients read, for whichever answer they get; everything else is the provider's
/// business with us.
void relay_provider_fields(RequestContext& context, const wire::HttpFields& fields);

}  // namespace tierway::gateway
