#pragma once

#include "admin/routes.hpp"

namespace tierway::admin {

/// `/api/spend`: what was spent, from the ledger.
net::Task<Page> spend_page(Request& request);

}  // namespace tierway::admin
