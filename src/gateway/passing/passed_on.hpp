#pragma once

#include <string>

#include "tierway/base/usd.hpp"
#include "tierway/dialect/token_usage.hpp"
#include "tierway/ledger/bill.hpp"

namespace tierway::gateway {

/// What became of a request that passed as it is; its one attempt has no line on the bill, which knows models of tiers alone.
struct PassedOn {
    std::string name;         ///< "openai/images": what ledger, metrics and record call it. Bounded by the configuration.
    std::string asked_model;  ///< The provider's name of it, as the client wrote it; empty: none was seen.
    ledger::Purpose purpose = ledger::Purpose::Answer;
    ledger::UsageSource source = ledger::UsageSource::None;
    dialect::TokenUsage usage;
    Usd estimate;
    Usd cost;
    bool is_opened = false;      ///< In the ledger.
    bool usage_missing = false;  ///< It cost something, and nobody said what.
    std::string error;           ///< For the operator; empty when it went well.
};

}  // namespace tierway::gateway
