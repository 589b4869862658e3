#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/classify/classifier.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/decision/gain_policy.hpp"
#include "tierway/lab/outcome.hpp"

namespace tierway::lab {

/// What decides: a configuration with all that it refers to, as `tierway serve` would serve it.
struct DecisionCore {
    config::SnapshotPtr snapshot;                          ///< Never null.
    std::shared_ptr<const classify::Classifier> classifier;  ///< Never null; made of that snapshot.
    decision::GainPolicyPtr gains{};  ///< What was learnt of its classes; null: nothing.
};

/// What one way of answering a row comes to.
struct Leg {
    Usd cost;
    bool acceptable = false;
};

/// A row as the decision core served it.
struct ReplayedRow {
    std::size_t row = 0;  ///< Its position among the outcomes.
    config::ClassId request_class{};
    config::TierId tier{};         ///< Whose answer was given …
    config::ModelId model{};       ///< … and by whom.
    bool escalated = false;        ///< A draft was given up for it.
    bool climbed = false;          ///< It was not answered by the cheaper way of its fork.
    Leg served;                    ///< With every attempt: drafts and opinions are paid.
    double score = 0.0;            ///< How much the decision core wants it to climb; only the order counts (ROUTING.md A4).
    Leg kept;                      ///< If it had not climbed: of a cascade the draft and what was asked about it.
    Leg stepped_up;                ///< If it had climbed.
    Leg cheap;                     ///< The lowest tier's model alone.
    Leg frontier;                  ///< The frontier tier's model alone.
    Leg oracle;                    ///< The cheapest acceptable model of all tiers, else the cheapest.
    config::TierId oracle_tier{};  ///< The lowest tier of that model.
    std::optional<double> confidence;      ///< In the draft of a cascade …
    std::optional<double> uncalibrated;    ///< … and what the documented defaults would have said of the same signals.
    bool draft_acceptable = false;         ///< What came of it.
};

/// A row that says nothing, and why: the recorded answers do not hold one that was needed, or the request would be refused.
struct PassedOverRow {
    std::size_t row = 0;
    Error why;  ///< "answer_missing", "answer_text_missing", or what the gateway would refuse the request with.
};

struct Replay {
    std::vector<ReplayedRow> rows;         ///< By position.
    std::vector<PassedOverRow> passed_over;  ///< By position.
};

/// The body that a client would send for the prompt, and nothing else in it: one user message to the model `auto`.
std::string client_request(std::string_view prompt);

/// Serves one row from its recorded answers: the same plan, the same verdict on a draft and the same approver as the gateway, as
/// the local principal, with no quotas and nothing learnt of tokens; every attempt that the gateway would have paid is priced by
/// the ledger from the recorded tokens. Where a tier lists several models, the first that the row has an answer of answers.
/// Errors: as `PassedOverRow`.
class Replayer {
public:
    explicit Replayer(DecisionCore core);
    ~Replayer();
    Replayer(const Replayer&) = delete;
    Replayer& operator=(const Replayer&) = delete;

    Result<ReplayedRow> replay(const Outcome& outcome);

private:
    struct Work;
    std::unique_ptr<Work> work_;
};

/// Replays rows with one decision core. \param progress called after each row with the number of rows done; may be empty.
Replay replay_all(const DecisionCore& core, std::span<const Outcome> outcomes,
                  const std::function<void(std::size_t)>& progress = {});

/// Makes a decision core out of training rows.
using FitCore = std::function<Result<DecisionCore>(std::span<const Outcome* const> training)>;

/// Cross-validation: the rows of each fold (`fold_of`) are replayed with the core that `fit` makes of all the others, so that no row is judged
/// by what was learnt from it. Errors: what `fit` fails with. REQUIRES: at least two folds; classes, tiers and models the same in
/// every core.
Result<Replay> replay_folds(const FitCore& fit, std::span<const Outcome> outcomes, std::size_t folds, std::uint64_t seed,
                            const std::function<void(std::size_t)>& progress = {});

}  // namespace tierway::lab
