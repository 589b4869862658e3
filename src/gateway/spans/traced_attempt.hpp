#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/dialect/chat_answer.hpp"
#include "tierway/telemetry/trace_context.hpp"

namespace tierway::gateway {

/// What the span of an attempt says and its line on the bill does not.
struct TracedAttempt {
    telemetry::SpanId id;
    SteadyTime began_at{};
    SteadyTime ended_at{};
    std::optional<SteadyTime> first_content_at;
    std::string response_model;
    std::vector<std::string_view> finish_reasons;  ///< Of each choice that has one.
    unsigned status = 0;                           ///< Of the provider's refusal; 0: none.
};

/// \param content of the answer, as far as there is one; null: nothing. \param error why it failed; null: it did not.
TracedAttempt traced_attempt(telemetry::SpanId id, SteadyTime began_at, SteadyTime ended_at, const dialect::ChatAnswer* content,
                             const Error* error);

}  // namespace tierway::gateway
