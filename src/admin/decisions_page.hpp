#pragma once

#include "admin/routes.hpp"

namespace tierway::admin {

/// `/api/decisions?last=N`: the newest decision records as a JSON array, newest first, each with its `sequence` number. `before`
/// and `after` are such numbers, both excluded: the last record's is the next page's `before`. The record's members `class`,
/// `tier`, `escalation`, `outcome`, `principal` and `request_id` select those that have exactly that value.
net::Task<Page> decisions_page(Request& request);

}  // namespace tierway::admin
