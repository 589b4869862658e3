#pragma once

#include <string>

#include "app/spend_query.hpp"

namespace tierway::app {

struct ReportOptions {
    std::string config_file;  ///< Whose `store.sqlite` is read …
    std::string ledger_file;  ///< … or this file.
    SpendQuestion question;
    bool json = false;
    bool csv = false;
};

/// `tierway report`: what was spent, and what always asking the frontier would have cost, from the ledger. It may be read while
/// gateways write.
int report(const ReportOptions& options);

}  // namespace tierway::app
