#pragma once

#include "admin/routes.hpp"

namespace tierway::admin {

/// `POST /api/explain`: what would happen to a request, of which nothing is sent.
net::Task<Page> explain_page(Request& request);

}  // namespace tierway::admin
