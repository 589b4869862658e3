#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tierway/base/usd.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/dialect/token_usage.hpp"

namespace tierway::ledger {

/// What an attempt was for; the `kind` label of the cost metric.
enum class Purpose : std::uint8_t {
    Answer,  ///< Its answer was given to the client.
    Draft,   ///< Its answer was judged and not used.
    Failed,  ///< It failed; providers may bill for it all the same.
    Judge,   ///< It was another model's opinion on a draft; also when it failed or came too late.
    Shadow,  ///< It was asked for after the client had its answer, to learn how good that was.
};
std::string_view name_of(Purpose purpose) noexcept;

/// Where the token counts come from. Unknown usage is never free.
enum class UsageSource : std::uint8_t {
    Provider,  ///< The provider's own usage object.
    Counted,   ///< Estimated from the bytes sent and received, because the provider gave none.
    Estimated, ///< Unknown, because nothing of the answer arrived: all that it might have been is charged.
    Crash,     ///< Unknown, because the process died meanwhile; its estimate is charged. Only stores give it.
    None,      ///< Nothing was billed: the attempt never reached a model, or the provider refused it.
};
std::string_view name_of(UsageSource source) noexcept;
/// Whether the counts are what the provider bills.
constexpr bool is_known(UsageSource source) noexcept {
    return source == UsageSource::Provider || source == UsageSource::None;
}

/// One attempt's line on the bill.
struct Charge {
    config::ModelId model{};
    config::TierId tier{};
    Purpose purpose = Purpose::Answer;
    UsageSource source = UsageSource::None;
    dialect::TokenUsage usage;
    config::ServiceTier service = config::ServiceTier::Standard;
    Usd cost;
};

/// What an attempt's tokens would have cost at another price, in the same lane or, where that is not sold, in the standard one.
Usd cost_at(const Charge& charge, const config::Price& price) noexcept;

/// What an answer's tokens would have cost at the frontier tier's first model (embeddings: at their own tier's), in the same lane;
/// zero for what is no answer.
Usd baseline_of(const Charge& charge, const config::Snapshot& snapshot) noexcept;

/// Every attempt of one request. The sum is what the request cost; drafts and failures are on it.
class Bill {
public:
    /// Prices the usage by the model and adds the line; returns its position. With UsageSource::None the line holds no tokens and
    /// costs nothing, whatever `usage` says.
    /// \param service the lane that the provider served it in.
    std::size_t add(const config::Snapshot& snapshot, config::ModelId model, config::TierId tier, Purpose purpose,
                    UsageSource source, const dialect::TokenUsage& usage,
                    config::ServiceTier service = config::ServiceTier::Standard);
    /// What a line was for may only be known later: a kept answer, or a draft. REQUIRES: `add` returned `position`.
    void set_purpose(std::size_t position, Purpose purpose) noexcept;

    [[nodiscard]] const std::vector<Charge>& charges() const noexcept { return charges_; }
    [[nodiscard]] Usd total() const noexcept;
    /// The tokens of the answer at the price of the frontier tier's first model: what always asking the frontier would have cost.
    /// Zero when there is no answer on the bill.
    [[nodiscard]] Usd baseline(const config::Snapshot& snapshot) const noexcept;

private:
    std::vector<Charge> charges_;
};

}  // namespace tierway::ledger
