#pragma once

#include <string>
#include <string_view>

#include "simulator/task_kind.hpp"

namespace tierway::simulator {

/// What a user's message asks for, and the two answers it can get. Deterministic: the same text is always the same task.
struct Task {
    TaskKind kind = TaskKind::Chat;
    bool computed = false;  ///< `right` is true by computation; else it is merely made up, like everything of a simulator.
    std::string value;      ///< The bare right answer ("391", "positive", the e-mail addresses); what a JSON field would hold.
    std::string right;      ///< As a model would say it.
    std::string wrong;      ///< Plausible, and different from `right`.
};

/// \param text the newest user message; only its first 64 KiB are looked at.
Task find_task(std::string_view text);

}  // namespace tierway::simulator
