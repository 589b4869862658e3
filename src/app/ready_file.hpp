#pragma once

#include <string>

namespace tierway::app {

/// Tells who waits that everything listens: {"listen":"host:port","admin":"host:port"}, without `admin` when it is empty. Written
/// beside and renamed, so that nobody reads half of it. \returns false when it cannot be written.
bool write_ready_file(const std::string& path, const std::string& listen, const std::string& admin);

}  // namespace tierway::app
