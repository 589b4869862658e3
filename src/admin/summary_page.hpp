#pragma once

#include "admin/routes.hpp"

namespace tierway::admin {

/// `/api/summary?window=15m|1h|6h|24h`: what was spent, saved and decided of late and since the start.
net::Task<Page> summary_page(Request& request);

}  // namespace tierway::admin
