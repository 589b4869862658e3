#pragma once

#include <vector>

#include "gateway/request_context.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::gateway {

/// What the ledger is told of an attempt, before it is sent. \param number from 1, each once in a request.
ledger::AttemptOpening attempt_opening(const RequestContext& context, unsigned number, config::TierId tier, config::ModelId model,
                                       Usd estimate);

/// The same of a request that passes as it is.
ledger::AttemptOpening passed_opening(const RequestContext& context, const PassedOn& passed);

/// What it is told once the request is over: a charge for each line of the bill, or for what passed.
std::vector<ledger::AttemptSettlement> attempt_settlements(const RequestContext& context);

}  // namespace tierway::gateway
