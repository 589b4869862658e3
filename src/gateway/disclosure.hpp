#pragma once

#include <string>
#include <string_view>

#include "gateway/outcome.hpp"
#include "tierway/decision/plan.hpp"
#include "tierway/dialect/dialect.hpp"
#include "tierway/net/header_block.hpp"

namespace tierway::gateway {

/// What is told about one request (DESIGN.md section 5).
struct DisclosureInput {
    const config::Snapshot& snapshot;
    std::string_view request_id;
    const decision::Plan& plan;
    const Outcome& outcome;
    bool final = false;  ///< Cost and attempts are settled: the head of a stream knows them only when it was held.
    Nanoseconds overhead{0};
    dialect::Dialect door = dialect::Dialect::Chat;
};

/// Adds the header by which clients of the door know a request, and `x-request-id` for everybody. Pure.
void add_request_id(std::string_view id, dialect::Dialect door, net::HeaderBlock& headers);

/// Adds the `x-tierway-*` headers and the request's id as clients of the door look for it; what is not known is left out. Pure.
void add_disclosure(const DisclosureInput& input, net::HeaderBlock& headers);

/// The `tierway` object for the end of a stream, as JSON text. Pure.
std::string disclosure_object(const DisclosureInput& input);

}  // namespace tierway::gateway
