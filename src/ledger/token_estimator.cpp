#include "tierway/ledger/token_estimator.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <utility>

#include "tierway/dialect/token_estimate.hpp"
#include "tierway/ledger/token_relation.hpp"

namespace tierway::ledger {
namespace {

/// Two cache lines, because processors fetch them in pairs.
constexpr std::size_t kApart = 128;
/// Sizes in estimated tokens at which another relation begins.
constexpr std::array<std::int64_t, 3> kSizeBounds{64, 512, 4'096};
constexpr int kTriesMax = 4;
/// A picture of more than a megapixel takes about twice what one of average size does (OpenAI vision guide).
constexpr std::int64_t kImageTokensAtMost = 2 * dialect::kImageTokens;
/// More images, and more tokens, than a body can hold; keeps sums from overflowing.
constexpr std::int64_t kImagesMax = 1'000'000'000;
constexpr std::int64_t kTokensMax = std::int64_t{1} << 61;

std::size_t size_class(std::int64_t text_tokens) noexcept {
    const auto* const bound = std::upper_bound(kSizeBounds.begin(), kSizeBounds.end(), text_tokens);
    return static_cast<std::size_t>(bound - kSizeBounds.begin());
}

PromptTokens estimate_by(TokenRelation relation, const PromptSize& size) noexcept {
    const std::int64_t images = std::clamp<std::int64_t>(size.images, 0, kImagesMax);
    const std::int64_t attached = std::clamp<std::int64_t>(size.attached_at_most, 0, kTokensMax);
    return {
        .expected = std::min(expected_tokens(relation, size.text_tokens), kTokensMax) + images * dialect::kImageTokens,
        .at_most = std::min(tokens_at_most(relation, size.text_tokens), kTokensMax) + images * kImageTokensAtMost + attached};
}

}  // namespace

struct alignas(kApart) ModelTokens {
    explicit ModelTokens(std::string made_for) : deployment(std::move(made_for)) {}

    const std::string deployment;
    std::array<std::atomic<TokenRelation>, kSizeBounds.size() + 1> relations{};
};
static_assert(std::atomic<TokenRelation>::is_always_lock_free);

TokenEstimator::TokenEstimator(const config::Snapshot& snapshot, const TokenEstimator* previous) {
    models_.reserve(snapshot.models.size());
    for (std::size_t model = 0; model < snapshot.models.size(); ++model) {
        std::string deployment = snapshot.deployment_of(config::ModelId(model));
        if (previous != nullptr) {
            const auto& known = previous->models_;
            const auto same =
                std::find_if(known.begin(), known.end(), [&](const auto& entry) { return entry->deployment == deployment; });
            if (same != known.end()) {
                models_.push_back(*same);
                continue;
            }
        }
        models_.push_back(std::make_shared<ModelTokens>(std::move(deployment)));
    }
}

TokenEstimator::~TokenEstimator() = default;

PromptTokens TokenEstimator::estimate(config::ModelId model, const PromptSize& size) const noexcept {
    const auto& relation = models_[config::index_of(model)]->relations[size_class(size.text_tokens)];
    return estimate_by(relation.load(std::memory_order_relaxed), size);
}

void TokenEstimator::learn(config::ModelId model, std::int64_t text_tokens, std::int64_t reported) noexcept {
    auto& relation = models_[config::index_of(model)]->relations[size_class(text_tokens)];
    TokenRelation before = relation.load(std::memory_order_relaxed);
    for (int tries = 0; tries < kTriesMax; ++tries) {
        if (relation.compare_exchange_weak(before, ledger::learn(before, text_tokens, reported), std::memory_order_relaxed)) {
            return;
        }
    }
}

void PromptEstimates::begin(const TokenEstimator* estimator, const PromptSize& size, std::size_t models) {
    estimator_ = estimator;
    size_ = size;
    known_.assign(models, std::nullopt);
}

PromptTokens PromptEstimates::of(config::ModelId model) {
    std::optional<PromptTokens>& known = known_[config::index_of(model)];
    if (!known) {
        known = estimator_ != nullptr ? estimator_->estimate(model, size_) : estimate_by(TokenRelation{}, size_);
    }
    return *known;
}

}  // namespace tierway::ledger
