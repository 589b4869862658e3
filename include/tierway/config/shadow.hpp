#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tierway/base/usd.hpp"
#include "tierway/config/ids.hpp"

namespace tierway::config {

/// Learning from one's own traffic: a share of the cheap answers that clients got is held against what the higher tier says, in the
/// background.
struct Shadow {
    double share = 0.0;            ///< Of the drafts that were kept, 0..1.
    Usd usd_per_day;               ///< For all of it, a hard budget of its own.
    std::optional<ModelId> judge;  ///< Who says which is as good; absent: the final answers are compared.
    std::vector<ClassId> classes;  ///< Empty: every class that escalates.
    unsigned concurrent = 4;       ///< Comparisons under way at once, in this process.
    std::string file;              ///< Where rows are appended; empty: nowhere.
    bool keep_text = false;        ///< Rows hold prompts and answers.

    [[nodiscard]] bool concerns(ClassId request_class) const noexcept {
        for (const ClassId listed : classes) {
            if (listed == request_class) {
                return true;
            }
        }
        return classes.empty();
    }
};

}  // namespace tierway::config
