#pragma once

#include <span>
#include <string>

#include "tierway/store/ledger_reader.hpp"

namespace tierway::app {

/// What was spent, as texts of the same figures: the groups' names, requests answered, attempts, tokens, cost (answers, drafts
/// and failures together), baseline, and what was saved: baseline less cost. Money is exact in all of them. A table for people,
/// with a last line of sums.
std::string spend_table(const store::SpendQuery& query, std::span<const store::SpendRow> rows);
/// RFC 4180, with a head line. A cell that a spreadsheet would take for a formula is quoted with an apostrophe before it.
std::string spend_csv(const store::SpendQuery& query, std::span<const store::SpendRow> rows);
/// {"since","until","time_zone","by":[…],"rows":[{…}],"total":{…}}, times in UTC.
std::string spend_json(const store::SpendQuery& query, std::span<const store::SpendRow> rows);

}  // namespace tierway::app
