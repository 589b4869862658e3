#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/passing/passed_on.hpp"
#include "gateway/passing/passed_path.hpp"
#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/net/header_block.hpp"
#include "tierway/wire/http_fields.hpp"

/// What may pass as it is, how it is worded on the way, and what it costs. Pure.
namespace tierway::gateway {

/// The path, when the configuration lets it pass.
std::optional<PassedPath> path_that_passes(const config::Snapshot& snapshot, std::string_view path) noexcept;

/// Whose account serves the principal. Errors: ModelNotAllowed "pass_through_not_allowed".
Result<config::ProviderId> pass_through_provider(const config::Snapshot& snapshot, const config::Principal& principal);

/// A request's head for the provider, without its framing and the empty line: method, path and query, the provider's credential (never
/// log it), and those of the client's fields that concern the request itself. What identifies the client stays here.
std::string passed_head(const config::Provider& provider, std::string_view method, std::string_view rest, std::string_view query,
                        const wire::HttpFields& fields);

/// Whether a field of the provider's answer describes its content, and belongs to the client.
bool is_content_field(std::string_view name) noexcept;

/// What a POST there is reserved with.
Usd passed_estimate(const config::PassThrough& rules, std::string_view method, std::string_view segment) noexcept;

/// Fills in what the request is charged: by the tokens that were reported where the model has a price, else the estimate. What was
/// refused, only looks, or uploads costs nothing. \param was_answered the provider took it, whatever became of the answer.
void charge_passed(const config::PassThrough& rules, std::string_view method, std::string_view segment, bool was_answered,
                   const std::optional<dialect::TokenUsage>& reported, PassedOn& passed);

}  // namespace tierway::gateway
