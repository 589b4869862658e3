#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tierway::lab {

/// Which of `folds` parts a row belongs to, by its id alone: rows that are added or reordered move no other row. Another `seed` is
/// another split.
std::size_t fold_of(std::string_view id, std::size_t folds, std::uint64_t seed = 0);

}  // namespace tierway::lab
