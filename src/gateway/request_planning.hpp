#pragma once

#include "gateway/request_context.hpp"
#include "tierway/base/error.hpp"
#include "tierway/config/price_catalogue.hpp"

namespace tierway::gateway {

/// Errors: UnsupportedMediaType, for a body that says that it is no JSON.
Result<void> check_media_type(const RequestContext& context);

/// Phases 2 and 4 to 6: what is asked, and what shall become of it; into the context's plan. \param kind what is asked for.
/// REQUIRES: the caller was identified.
Result<void> plan_request(RequestContext& context, config::ModelKind kind);

}  // namespace tierway::gateway
