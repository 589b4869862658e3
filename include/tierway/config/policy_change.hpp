#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"

namespace tierway::config {

/// How one class of a configuration shall be served from now on. What is not named here stays as it is.
struct PolicyChange {
    std::string request_class;
    std::optional<std::string> tier;  ///< Its new tier.
    bool escalates = true;            ///< Whether it keeps its `escalate` …
    std::optional<double> lambda;     ///< … which then decides by this λ instead of `below` or another knob.
};

/// The configuration with changed classes and, if it is not empty, a section `calibration` of that file. Values and their order are
/// kept, references to the environment too; comments and layout are not, because the whole text is written anew.
/// Errors: the text is no YAML mapping or lacks one of the classes.
Result<std::string> change_policy(std::string_view yaml, std::span<const PolicyChange> changes, const std::string& calibration_file);

}  // namespace tierway::config
