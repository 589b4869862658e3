#pragma once

#include <string_view>

#include "tierway/config/snapshot.hpp"

namespace tierway::classify {

/// What a stage decided, and why.
struct Classification {
    config::ClassId request_class{};
    double confidence = 0.0;  ///< 0..1. Declared and ruled classes are certain (1.0), a model says how sure it is, the default is 0.
    std::string_view stage;   ///< "declared", "rules", "model", "default", "endpoint" (static): the `x-tierway-classifier` header.
    std::string_view reason;  ///< Which rule, which conditions; valid as long as the classifier that gave it.
};

}  // namespace tierway::classify
