#include "gateway/token_demand.hpp"

namespace tierway::gateway {
namespace {

/// Of an answer whose request does not bound it. Most are shorter; those that are longer are charged once that is known.
constexpr std::int64_t kUsualAnswerTokens = 1'024;

}  // namespace

TokenDemand token_demand(const Plan& plan) noexcept {
    const dialect::ChatRequest& request = plan.request;
    const std::int64_t prompt = plan.features.prompt_tokens;
    return request.output_tokens_max ? TokenDemand(prompt + *request.output_tokens_max * request.choices)
                                     : TokenDemand(prompt, kUsualAnswerTokens * request.choices);
}

TokensUsed tokens_used(const ledger::Charge& charge) noexcept {
    return {charge.usage.prompt + charge.usage.completion, charge.source != ledger::UsageSource::Counted};
}

TokensUsed tokens_used(const Outcome& outcome) noexcept {
    // An attempt without a charge ended by a fault of ours: nobody knows what it used.
    TokensUsed all{0, outcome.attempts == outcome.bill.charges().size()};
    for (const ledger::Charge& charge : outcome.bill.charges()) {
        const TokensUsed used = tokens_used(charge);
        all.tokens += used.tokens;
        all.known = all.known && used.known;
    }
    return all;
}

}  // namespace tierway::gateway
