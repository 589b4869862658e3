#pragma once

#include <memory>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::app {

/// The store of spending that the configuration asks for. Errors: Internal, naming the file and what to do.
Result<std::unique_ptr<ledger::Store>> open_store(const config::Store& settings);

}  // namespace tierway::app
