#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// The HTTP status an error is answered with. The one place that maps kinds to statuses.
unsigned http_status(const Error& error) noexcept;

/// The OpenAI error envelope: {"error":{"message","type","param","code"}} (WIRE.md section 1.5).
/// \param extra further members of the inner object as JSON text beginning with a comma, or empty.
std::string openai_error_body(const Error& error, std::string_view extra = {});

/// The error that a provider's refusal amounts to, from its status and its body in any known envelope (OpenAI's, a flat
/// {"message"}, {"detail"}, {"error":"text"}, an array around one). Statuses that concern the gateway's own credentials or the
/// provider's health (401, 403, 5xx) keep the provider's words out of the public message; refusals of the request itself
/// (400, 404, 413, 415, 422, 429) pass them on, cut to 2 KiB. For an error inside an answer that began well (a status below 400)
/// the status is taken from the error object itself, else it is 502.
/// What a provider says by a name or in known words outweighs a status that says something else: a request that is too long
/// ("context_length_exceeded"), refused content ("content_filter", "content_policy_violation") and an empty account
/// ("insufficient_quota") are told as such whatever the status. With kind and code an error holds all that decides whether
/// somebody else is asked.
/// \param body missing when it was not JSON.
/// \param error_type what is said beside the body of the error's kind: the header `x-amzn-errortype` of AWS, or the name of the
/// exception that ends one of its event streams; usually empty.
Error error_from_provider(unsigned status, const wire::JsonValue& body, std::string_view provider_name,
                          std::string_view error_type = {});

/// How long to wait before asking again, where a provider says it in the body instead of `Retry-After`: Google's `RetryInfo` among
/// the details of an error (WIRE.md section 5.1). Rounded up to a millisecond, at most one day. Empty when the body says nothing
/// of it.
std::optional<Milliseconds> retry_delay_in(const wire::JsonValue& body);

}  // namespace tierway::dialect
