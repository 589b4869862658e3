#include "tierway/lab/folds.hpp"

#include <string>

#include "tierway/base/assert.hpp"
#include "tierway/base/sha256.hpp"

namespace tierway::lab {

std::size_t fold_of(std::string_view id, std::size_t folds, std::uint64_t seed) {
    TIERWAY_ASSERT(folds > 0);
    const Sha256 digest = sha256(std::to_string(seed) + '/' + std::string(id));
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) {
        number = number << 8U | digest[i];
    }
    return number % folds;
}

}  // namespace tierway::lab
