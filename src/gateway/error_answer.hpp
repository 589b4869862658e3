#pragma once

#include "gateway/request_context.hpp"
#include "tierway/net/task.hpp"

namespace tierway::gateway {

/// Tells the client of an error and notes it: in the envelope of the dialect, with what is known of the decision; once a stream
/// has begun, in-band, without `[DONE]` and without a last chunk, so that nothing truncated looks complete (RELIABILITY.md
/// section 6.3).
net::Task<> answer_error(RequestContext& context, Error error, bool stream_begun);

}  // namespace tierway::gateway
