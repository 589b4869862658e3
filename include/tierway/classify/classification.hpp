#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tierway/config/snapshot.hpp"

namespace tierway::classify {

/// What a stage decided, and why.
struct Classification {
    config::ClassId request_class{};
    double confidence = 0.0;           ///< 0..1. Declared and ruled classes are certain (1.0); the default class is 0.0.
    std::string_view stage;            ///< "declared", "rules", "default" (static storage): the `x-tierway-classifier` header.
    std::vector<std::string> reasons;  ///< For `explain` and the decision record: which rule, which conditions.
};

}  // namespace tierway::classify
