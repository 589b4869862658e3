#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "tierway/config/snapshot.hpp"

namespace tierway::ledger {

/// What of a prompt can be measured without a tokenizer.
struct PromptSize {
    std::int64_t text_tokens = 0;  ///< By `dialect::estimate_tokens`.
    std::int64_t images = 0;
    std::int64_t attached_at_most = 0;  ///< Tokens that sound and files may become.
};

/// How many tokens a model is about to count a prompt as.
struct PromptTokens {
    /// What is likely: for context windows, because a request that fits must not be turned away, and for bills of providers that
    /// report nothing.
    std::int64_t expected = 0;
    /// What is hardly ever exceeded: for everything that is reserved, gated or shown as the estimate of a cost.
    std::int64_t at_most = 0;
};

struct ModelTokens;

/// How each model counts, learnt from what its provider reports; one `TokenRelation` for each model and class of prompt size,
/// because what a chat template adds weighs more the shorter the prompt. Shared by all workers without a lock: a report that
/// loses a race a few times is dropped, because the next one will do. Thread-safe. A reload makes a new estimator, which shares
/// what is known of the deployments that both configurations have.
class TokenEstimator {
public:
    /// \param previous the estimator to take over from, which need not live on.
    explicit TokenEstimator(const config::Snapshot& snapshot, const TokenEstimator* previous = nullptr);
    ~TokenEstimator();
    TokenEstimator(const TokenEstimator&) = delete;
    TokenEstimator& operator=(const TokenEstimator&) = delete;

    [[nodiscard]] PromptTokens estimate(config::ModelId model, const PromptSize& size) const noexcept;
    /// A provider counted a prompt of that text. REQUIRES: the prompt was text alone; what else it held has no known size.
    void learn(config::ModelId model, std::int64_t text_tokens, std::int64_t reported) noexcept;

private:
    std::vector<std::shared_ptr<ModelTokens>> models_;  ///< By model.
};

/// The sizes of one request's prompt as each model counts it. Each is asked once and then stays, whatever other requests teach
/// meanwhile, so that an attempt costs what was decided about. For one thread.
class PromptEstimates {
public:
    /// \param estimator outlives the request; null: nothing is known of any model.
    void begin(const TokenEstimator* estimator, const PromptSize& size, std::size_t models);
    [[nodiscard]] PromptTokens of(config::ModelId model);
    [[nodiscard]] const PromptSize& size() const noexcept { return size_; }

private:
    const TokenEstimator* estimator_ = nullptr;
    PromptSize size_;
    std::vector<std::optional<PromptTokens>> known_;  ///< By model.
};

}  // namespace tierway::ledger
