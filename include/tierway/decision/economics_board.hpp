#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "tierway/cascade/running_economics.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/decision/gain_policy.hpp"

namespace tierway::decision {

struct EconomicsEntry;

/// What the cascade of each class costs of late, shared by all workers. Thread-safe: asking takes no lock; counting takes the
/// class's own for a few instructions, once for each judged draft. Classes that do not escalate, or decide by the ask, have no entry.
///
/// A class begins with the share of drafts that climbed among the outcomes it is calibrated with, if it is: it weighs like ten
/// drafts.
///
/// A reload makes a new board, which shares the entries of the classes that both configurations know by the same name, with the
/// same first models and the same rule of when a draft is given up: of another cascade the old drafts say nothing.
class EconomicsBoard {
public:
    /// \param previous the board to take over from; may be null, and need not live on.
    EconomicsBoard(const config::Snapshot& snapshot, const GainPolicy& gains, const EconomicsBoard* previous);
    ~EconomicsBoard();
    EconomicsBoard(const EconomicsBoard&) = delete;
    EconomicsBoard& operator=(const EconomicsBoard&) = delete;

    /// A draft of the class's own tier was judged. Of a class without an entry nothing is counted.
    void count(config::ClassId request_class, const cascade::JudgedDraft& draft);
    /// Whether requests of the class do better to begin at the higher tier.
    [[nodiscard]] bool costs_more(config::ClassId request_class) const noexcept;
    /// The estimate as it stands; empty for a class without an entry.
    [[nodiscard]] std::optional<cascade::RunningEconomics> of(config::ClassId request_class) const;

private:
    std::vector<std::shared_ptr<EconomicsEntry>> entries_;  ///< By class; null without an entry.
};

}  // namespace tierway::decision
