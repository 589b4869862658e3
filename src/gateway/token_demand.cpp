#include "gateway/token_demand.hpp"

#include <algorithm>

namespace tierway::gateway {
namespace {

/// Of an answer that nothing bounds. Most are shorter; those that are longer are charged once that is known.
constexpr std::int64_t kUsualAnswerTokens = 1'024;

}  // namespace

TokenDemand token_demand(const config::Snapshot& snapshot, decision::Plan& plan) {
    const config::ModelId model = plan.route->targets.front();
    const std::int64_t prompt = plan.prompt.of(model).expected;
    const std::int64_t answer = decision::output_tokens_bound(snapshot, model, plan);
    const bool bounded = plan.request.output_tokens_max || decision::output_limit_to_write(snapshot, model, plan);
    return bounded ? TokenDemand(prompt + answer * plan.request.choices)
                   : TokenDemand(prompt, std::min(answer, kUsualAnswerTokens) * plan.request.choices);
}

TokensUsed tokens_used(const ledger::Charge& charge) noexcept {
    return {charge.usage.prompt + charge.usage.completion, ledger::is_known(charge.source)};
}

TokensUsed tokens_used(const Outcome& outcome) noexcept {
    if (const auto& passed = outcome.passed_on) {
        return {passed->usage.prompt + passed->usage.completion, true};
    }
    // An attempt without a charge ended by a fault of ours: nobody knows what it used.
    const auto& charges = outcome.bill.charges();
    const auto judges = std::count_if(charges.begin(), charges.end(),
                                      [](const ledger::Charge& charge) { return charge.purpose == ledger::Purpose::Judge; });
    TokensUsed all{0, outcome.attempts + static_cast<std::size_t>(judges) == charges.size()};
    for (const ledger::Charge& charge : outcome.bill.charges()) {
        const TokensUsed used = tokens_used(charge);
        all.tokens += used.tokens;
        all.known = all.known && used.known;
    }
    return all;
}

}  // namespace tierway::gateway
