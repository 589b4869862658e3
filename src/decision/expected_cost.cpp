#include "tierway/decision/expected_cost.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "tierway/dialect/token_estimate.hpp"
#include "tierway/ledger/cost.hpp"

namespace tierway::decision {
namespace {

constexpr double kTokensMax = 1e6;

std::int64_t completion_tokens(const dialect::ChatAnswer& answer) {
    if (answer.usage) {
        return answer.usage->completion;
    }
    std::size_t bytes = 0;
    for (const dialect::AnswerChoice& choice : answer.choices) {
        bytes += choice.content.size();
    }
    return dialect::estimate_tokens(bytes);
}

/// 0 of a model that is no longer configured.
double usd_of(const config::Snapshot& snapshot, std::string_view name, std::int64_t prompt_tokens, double answer_tokens) {
    const auto model = snapshot.find_model(name);
    if (!model) {
        return 0.0;
    }
    dialect::TokenUsage usage;
    usage.prompt = prompt_tokens;
    usage.completion = std::llround(std::clamp(answer_tokens, 1.0, kTokensMax));
    return ledger::cost_of(usage, snapshot.model(*model).price).to_double();
}

}  // namespace

cascade::DraftSizes sizes_of(const dialect::ChatAnswer& draft, const cascade::Opinions& opinions) {
    cascade::DraftSizes sizes;
    sizes.prompt = draft.usage ? draft.usage->prompt : 0;
    sizes.draft = completion_tokens(draft);
    sizes.second = opinions.second == nullptr ? 0 : completion_tokens(*opinions.second);
    return sizes;
}

double expected_strong_usd(const config::Snapshot& snapshot, const PairCalibration& pair, const cascade::DraftSizes& sizes) {
    const double length = pair.strong_length_intercept + pair.strong_length_slope * std::log1p(static_cast<double>(sizes.draft));
    return usd_of(snapshot, pair.key.strong, sizes.prompt, std::expm1(length));
}

double usual_usd_difference(const config::Snapshot& snapshot, const PairCalibration& pair, std::int64_t prompt_tokens) {
    return usd_of(snapshot, pair.key.strong, prompt_tokens, pair.table.strong_tokens) -
           usd_of(snapshot, pair.key.cheap, prompt_tokens, pair.table.cheap_tokens);
}

}  // namespace tierway::decision
