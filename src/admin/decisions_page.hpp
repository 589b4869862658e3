#pragma once

#include "admin/routes.hpp"

namespace tierway::admin {

/// `/api/decisions?last=N`: the newest decision records as a JSON array, newest first.
net::Task<Page> decisions_page(Request& request);

}  // namespace tierway::admin
