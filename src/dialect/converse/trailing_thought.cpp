#include "dialect/converse/trailing_thought.hpp"

#include <utility>

namespace tierway::dialect::converse {
namespace {

void append_all(std::vector<const Part*>& to, const std::vector<const Part*>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

void drop_trailing_thought(TurnLayout& layout) {
    std::vector<LaidOutMessage> kept;
    for (LaidOutMessage& message : layout.messages) {
        while (message.role == Role::Assistant && !message.parts.empty() &&
               std::holds_alternative<ReasoningPart>(message.parts.back()->value)) {
            message.parts.pop_back();
        }
        if (message.parts.empty() && message.results.empty()) {
            continue;
        }
        if (!kept.empty() && kept.back().role == message.role) {
            append_all(kept.back().results, message.results);
            append_all(kept.back().parts, message.parts);
        } else {
            kept.push_back(std::move(message));
        }
    }
    layout.messages = std::move(kept);
}

}  // namespace tierway::dialect::converse
