#pragma once

#include <nlohmann/json_fwd.hpp>

#include "admin/traffic_history.hpp"

namespace tierway::admin {

/// The figures that `/api/summary` shows of some counts:
/// {"requests","outcomes":{outcome:n},"refused":{code:n},"cost_usd","baseline_usd","saved_usd","cost_by_kind":{kind:usd},
///  "escalated","classes":[{"class","requests","tiers":{tier:n},"cost_usd","baseline_usd"}…],
///  "escalations":[{"class","from","to","reason","verdict","count"}…]}. Saved is what the frontier would have cost less all that was
/// spent, drafts and judges included; it may be negative.
nlohmann::ordered_json figures_of(const Counts& counts);

}  // namespace tierway::admin
