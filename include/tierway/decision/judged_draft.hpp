#pragma once

#include <cstddef>

#include "tierway/cascade/running_economics.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/ledger/bill.hpp"
#include "tierway/policy/binding.hpp"

namespace tierway::decision {

/// What a request whose draft was judged teaches of its class's economics, now that its bill is complete. Of a draft that was kept,
/// or whose higher tier gave no answer, its tokens are priced at the higher tier's first model. Attempts that failed count for
/// neither side: going direct is not spared them.
/// \param draft its position on the bill. \param wanting the judgement wanted the higher tier's answer.
cascade::JudgedDraft judged_draft(const config::Snapshot& snapshot, const ledger::Bill& bill, std::size_t draft,
                                  const policy::CascadePlan& cascade, bool wanting);

}  // namespace tierway::decision
