#pragma once

#include "gateway/request_context.hpp"
#include "tierway/net/header_block.hpp"

namespace tierway::gateway {

/// Adds `x-ratelimit-…`, as OpenAI names them, with what the limits of the request's key allow; nothing for a key without any.
void add_rate_limits(RequestContext& context, net::HeaderBlock& headers);

}  // namespace tierway::gateway
