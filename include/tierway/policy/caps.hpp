#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::policy {

/// What a request asks for, as far as caps limit it.
struct Asked {
    std::int64_t choices = 1;
    std::optional<std::int64_t> output_tokens;
    std::string_view output_tokens_field = "max_completion_tokens";  ///< The request's name for it.
    std::int64_t prompt_tokens = 0;                                  ///< By `dialect::estimate_tokens`.
    std::int64_t images = 0;
    std::int64_t tools = 0;
};

/// Whether the request stays within the caps of its class.
/// Errors: InvalidRequest "class_cap_exceeded" with the request's field as `param`; the message holds the cap and what was asked.
Result<void> check_caps(const config::RequestClass& request_class, const Asked& asked);

}  // namespace tierway::policy
