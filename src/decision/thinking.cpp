#include "tierway/decision/thinking.hpp"

#include <array>

namespace tierway::decision {
namespace {

// By effort. The same numbers as those in which older models are told of one.
constexpr std::array<std::int64_t, 7> kTokens{0, 1'024, 1'024, 4'096, 16'384, 32'768, 65'536};

std::int64_t tokens_of(Effort effort) noexcept {
    return kTokens[static_cast<std::size_t>(effort)];
}

/// The least effort that comes with so many tokens.
Effort effort_for(std::int64_t tokens) noexcept {
    if (tokens == 0) {
        return Effort::None;
    }
    auto effort = static_cast<std::size_t>(Effort::Low);
    while (effort < static_cast<std::size_t>(Effort::Max) && kTokens[effort] < tokens) {
        ++effort;
    }
    return static_cast<Effort>(effort);
}

}  // namespace

ThinkingTerms thinking_terms(const config::RequestClass& request_class, const config::Model& model,
                             std::optional<Effort> stated) noexcept {
    const config::ThinkingOrder& order = request_class.thinking;
    const config::Capabilities& can = model.capabilities;
    ThinkingTerms terms;
    if (order.empty() || can.thinking == config::Thinking::None || (stated && !order.forced)) {
        return terms;
    }
    terms.effort = can.efforts.nearest(order.effort ? *order.effort : effort_for(*order.budget_tokens));
    if (can.thinking == config::Thinking::Budget) {
        terms.budget_tokens = order.budget_tokens;
    }
    terms.forced = order.forced;
    return terms;
}

std::int64_t thinking_tokens_assumed(const config::RequestClass& request_class, const config::Model& model,
                                     std::optional<Effort> stated) noexcept {
    if (model.capabilities.thinking == config::Thinking::None) {
        return 0;
    }
    const ThinkingTerms terms = thinking_terms(request_class, model, stated);
    if (terms.budget_tokens) {
        return *terms.budget_tokens;
    }
    if (terms.effort) {
        return tokens_of(*terms.effort);
    }
    return stated ? tokens_of(model.capabilities.efforts.nearest(*stated).value_or(Effort::None)) : 0;
}

}  // namespace tierway::decision
