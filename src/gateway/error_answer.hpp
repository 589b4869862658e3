#pragma once

#include "gateway/request_context.hpp"
#include "tierway/dialect/door_codec.hpp"
#include "tierway/net/task.hpp"

namespace tierway::gateway {

/// Tells the client of an error and notes it: in the envelope of the dialect, with what is known of the decision; once a stream
/// has begun, in-band, without `[DONE]` and without a last chunk, so that nothing truncated looks complete (RELIABILITY.md
/// section 6.3).
/// \param stream what wrote events that the client has; null: there are none, or the provider wrote them itself.
net::Task<> answer_error(RequestContext& context, Error error, bool stream_begun, dialect::DoorStream* stream = nullptr);

}  // namespace tierway::gateway
