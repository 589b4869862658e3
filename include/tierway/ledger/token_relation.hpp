#pragma once

#include <cstdint>
#include <type_traits>

namespace tierway::ledger {

/// How one model counts prompts of about one size: the factor between `dialect::estimate_tokens` and what its provider reports,
/// as a running mean and mean deviation of its logarithm. Eight bytes, so that workers share it in one atomic. Pure.
///
/// It begins with a factor of 1, and with a deviation that takes a model nobody has heard of to need up to twice as much, which
/// is half of the customary bytes for each token. Each report moves it by a bounded step: what lies beyond three deviations
/// counts as three, and of that an eighth counts at first, a 64th in the end. So neither one odd request nor a provider that lies
/// once swings it, and one that lies always keeps what is expected between half of the estimate and four times that and 64 tokens.
struct TokenRelation {
    /// Units of `log_factor` and `deviation`, for a factor of two.
    static constexpr std::int32_t kLogFactorUnit = 1 << 24;
    static constexpr std::uint16_t kDeviationUnit = 1 << 14;

    std::int32_t log_factor = 0;
    std::uint16_t deviation = kDeviationUnit / 3 + 1;
    std::uint16_t reports = 0;  ///< Saturates.

    friend bool operator==(const TokenRelation&, const TokenRelation&) = default;
};
static_assert(sizeof(TokenRelation) == 8 && std::has_unique_object_representations_v<TokenRelation>);

/// The relation after one more report. Counts of nothing teach nothing.
/// \param estimated by `dialect::estimate_tokens`. \param reported by the provider for the same prompt.
TokenRelation learn(TokenRelation before, std::int64_t estimated, std::int64_t reported) noexcept;

/// What the model is expected to count such a prompt as. Never below zero; saturates.
std::int64_t expected_tokens(TokenRelation relation, std::int64_t estimated) noexcept;

/// What it hardly ever exceeds: three mean deviations above the expected (more than two standard deviations of a normal law). The
/// factor is rounded up to steps of 2^(1/16), so that an estimate that a caller was told stays what it is although reports
/// arrive. Never more than twice of what could be expected at most.
std::int64_t tokens_at_most(TokenRelation relation, std::int64_t estimated) noexcept;

}  // namespace tierway::ledger
