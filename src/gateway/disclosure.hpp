#pragma once

#include <string>

#include "gateway/outcome.hpp"
#include "tierway/decision/plan.hpp"
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
};

/// Adds the `x-tierway-*` headers and `x-request-id`; what is not known is left out. Pure.
void add_disclosure(const DisclosureInput& input, net::HeaderBlock& headers);

/// The `tierway` object for the end of a stream, as JSON text. Pure.
std::string disclosure_object(const DisclosureInput& input);

}  // namespace tierway::gateway
