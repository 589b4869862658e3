#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/ngram_hash.hpp"
#include "tierway/cascade/draft_measures.hpp"
#include "tierway/cascade/probability_map.hpp"
#include "tierway/classify/ask_measures.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::decision {

/// Which two answers are compared, and what was asked about the draft. What was learnt under one key means nothing under another.
struct PairKey {
    std::string request_class;
    std::string cheap;   ///< "provider/model" of the bound tier.
    std::string strong;  ///< Of the tier that the class escalates to.
    std::string second;  ///< Who gives a second opinion; empty: nobody.
    /// What the gateway itself adds to the questions, where that is not the usual: how often and how warm the second opinion is asked,
    /// which member is compared, and how much the models are to think ("samples=3 effort=low"). Empty: nothing.
    std::string terms{};
    bool operator==(const PairKey&) const = default;
};

/// What came of both models' answers to the same prompts (ROUTING.md D1).
struct OutcomeTable {
    std::uint64_t rows = 0;
    std::uint64_t both = 0;  ///< Both answers were acceptable.
    std::uint64_t only_cheap = 0;
    std::uint64_t only_strong = 0;
    std::uint64_t neither = 0;
    double cheap_usd = 0.0;   ///< Means of a request.
    double second_usd = 0.0;  ///< 0 without a second opinion.
    double strong_usd = 0.0;
    double cheap_tokens = 0.0;  ///< Of the answer.
    double strong_tokens = 0.0;
    /// The shares of acceptable answers, shrunk to those of all classes with the weight of `kPriorRows` rows (ROUTING.md A4).
    double cheap_acceptable = 0.0;
    double strong_acceptable = 0.0;
    double climbed_share = 0.0;  ///< Of held-out rows, as the class was configured then: P(defer).
};
inline constexpr double kPriorRows = 10.0;

/// Below this the class prior decides alone; above it Platt's map is fitted, and from `kIsotonicRows` on an isotonic one (ROUTING.md A6).
inline constexpr std::uint64_t kCalibrationRows = 300;
inline constexpr std::uint64_t kIsotonicRows = 1'000;

/// P(acceptable) of both models' answers.
struct Chances {
    double cheap = 0.0;
    double strong = 0.0;
    [[nodiscard]] double gain() const noexcept { return strong - cheap; }
};

/// A linear model of numbers: (value − mean) / scale, weighed and summed.
struct LinearModel {
    std::vector<double> weights;
    double intercept = 0.0;
};

/// The text that an ask's n-grams are taken of: without punctuation, which its measures count, and without words of one byte, which
/// name options and variables.
std::string words_of(std::string_view ask);

/// What a request tells before anything is asked: its words' n-grams and its measures.
struct AskModel {
    NgramRecipe recipe;
    std::vector<double> means;  ///< By measure of the ask.
    std::vector<double> scales;
    std::vector<float> ngrams;  ///< By slot, cheap and strong side by side.
    LinearModel cheap;          ///< Of the measures.
    LinearModel strong;

    /// \param scratch memory that is reused.
    [[nodiscard]] Chances chances(std::string_view ask, NgramScratch& scratch, std::vector<HashedFeature>& features) const;
};

/// What a draft tells.
struct DraftModel {
    std::vector<double> means;  ///< By measure of the draft.
    std::vector<double> scales;
    LinearModel cheap;
    LinearModel strong;
    cascade::ProbabilityMap cheap_map;
    cascade::ProbabilityMap strong_map;

    [[nodiscard]] Chances chances(const cascade::DraftMeasures& measures) const;
};

/// What held-out rows came to at one λ, decided as the class is configured. Sums over the class's rows.
struct LambdaPoint {
    double lambda = 0.0;
    double acceptable = 0.0;
    double usd = 0.0;
    double climbed = 0.0;
};

/// The served drafts among held-out rows when only those of at least that confidence are served.
struct AcceptancePoint {
    double confidence = 0.0;
    std::uint64_t served = 0;
    std::uint64_t wrong = 0;
};

/// All that was learnt of one class and pair of models.
struct PairCalibration {
    PairKey key;
    OutcomeTable table;
    /// ln(1 + tokens) of the strong answer, by that of the draft.
    double strong_length_intercept = 0.0;
    double strong_length_slope = 0.0;
    std::optional<AskModel> ask;      ///< When the class decides by the request.
    std::optional<DraftModel> draft;  ///< When it decides by the draft and there were rows enough.
    std::vector<LambdaPoint> lambdas;  ///< By λ, ascending.
    std::vector<AcceptancePoint> acceptance;  ///< By confidence, descending: coverage 5 %, 10 % …
};

/// What `tierway calibrate` learnt from outcomes, as it is served. Immutable; shared by the workers.
class Calibration {
public:
    explicit Calibration(std::vector<PairCalibration> pairs) : pairs_(std::move(pairs)) {}

    /// Errors: not such a file, damaged, of another version of the measures, or of impossible numbers.
    static Result<std::shared_ptr<const Calibration>> read(const std::string& path);
    [[nodiscard]] Result<void> write(const std::string& path) const;

    /// Null when nothing was learnt under that key.
    [[nodiscard]] const PairCalibration* find(const PairKey& key) const noexcept;
    [[nodiscard]] const std::vector<PairCalibration>& pairs() const noexcept { return pairs_; }

private:
    std::vector<PairCalibration> pairs_;
};
using CalibrationPtr = std::shared_ptr<const Calibration>;

/// The key of a class as it is configured: the first models of its two tiers. Empty when it does not escalate.
std::optional<PairKey> pair_key(const config::Snapshot& snapshot, config::ClassId request_class);

}  // namespace tierway::decision
