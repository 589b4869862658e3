#pragma once

#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/store/ledger_reader.hpp"

namespace tierway::app {

/// What somebody wants to know of the spending, in words; empty: the default.
struct SpendQuestion {
    std::vector<std::string> by;  ///< Columns. Default: class, tier, model.
    std::string since;            ///< The first day, "2026-11-01" in the zone. Default: 29 days before today.
    std::string until;            ///< The last day. Default: today.
    std::string time_zone;        ///< Default: UTC.
};

/// Errors: InvalidRequest, a sentence that names what is wrong and what may be written.
Result<store::SpendQuery> read_spend_question(const SpendQuestion& question, WallTime now);

/// From the query of a URL: `by=class,day&since=…&until=…&time_zone=…`. Errors: as above, also for a name that is unknown.
Result<store::SpendQuery> read_spend_target(std::string_view target, WallTime now);

}  // namespace tierway::app
