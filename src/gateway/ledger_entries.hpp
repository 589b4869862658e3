#pragma once

#include <vector>

#include "gateway/request_context.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::gateway {

/// What the ledger is told of a request's next attempt, before it is sent. Attempts are numbered as their lines are on the bill.
ledger::AttemptOpening attempt_opening(const RequestContext& context, config::TierId tier, config::ModelId model, Usd estimate);

/// What it is told once the request is over: a charge for each line of the bill.
std::vector<ledger::AttemptSettlement> attempt_settlements(const RequestContext& context);

}  // namespace tierway::gateway
