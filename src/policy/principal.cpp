#include "tierway/policy/principal.hpp"

namespace tierway::policy {

const Principal& local_principal() noexcept {
    static const Principal local;
    return local;
}

}  // namespace tierway::policy
