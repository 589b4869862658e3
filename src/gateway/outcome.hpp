#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/delivered_answer.hpp"
#include "gateway/passing/passed_on.hpp"
#include "gateway/spans/traced_attempt.hpp"
#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/cascade/confidence.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/ledger/bill.hpp"
#include "tierway/policy/approval.hpp"
#include "tierway/policy/binding.hpp"

namespace tierway::gateway {

/// What execution did, filled while it happens; read by disclosure and settlement.
struct Outcome {
    ledger::Bill bill;
    std::vector<std::string> attempt_errors;      ///< By position on the bill; empty when the attempt went well.
    std::vector<std::string_view> attempt_codes;  ///< Likewise: "ok" or the error's code.
    std::vector<unsigned> attempt_numbers;        ///< Likewise: as the ledger knows them.
    std::vector<TracedAttempt> traced;            ///< Likewise, of a request whose trace is recorded; else empty.
    unsigned attempts_opened = 0;                 ///< Numbers given out.
    std::optional<Usd> budget_left;               ///< The least that a hard budget has left, if one was asked.
    std::optional<config::ModelId> model;         ///< That answered.
    std::optional<config::TierId> tier;           ///< Of the answer.
    std::string upstream_model;                   ///< What the provider says answered.
    std::vector<policy::PassedOver> passed_over;  ///< Models at a limit of ours, when it was their turn.
    dialect::Omissions dropped;                   ///< What was asked for and the model asked last was not told of.
    std::vector<policy::Climb> climbs;            ///< That were put to the approver, in order.
    std::string_view escalation = "none";
    std::string_view escalation_reason;
    std::optional<cascade::Judgement> judgement;
    std::size_t judged_charge = 0;  ///< With a judgement: the draft's position on the bill …
    bool draft_wanting = false;     ///< … and whether it was to be replaced.
    struct Opinion {
        cascade::SignalKind kind{};
        config::ModelId model{};
        std::string_view outcome;  ///< "ok", or why there is none.
    };
    std::vector<Opinion> opinions;  ///< That were to be asked for, in order.
    unsigned attempts = 0;
    unsigned fallbacks = 0;
    unsigned attempts_declined = 0;  ///< Would have made the request cost more than it may in all.
    unsigned status = 0;             ///< Sent to the client; 499 when it left before.
    std::optional<Error> error;
    std::optional<Milliseconds> retry_after;     ///< After how long asking again is of use, if that is known.
    std::string_view attempt_error_code;         ///< Of the attempt that failed last.
    const DeliveredAnswer* delivered = nullptr;  ///< While an error is told inside a stream: what the client has of it.
    std::optional<PassedOn> passed_on;  ///< Of a request that passed as it is.
    std::optional<SteadyTime> first_content_at;
    Nanoseconds upstream_wait{0};

    /// Empties it for another request; the memory of what every request has is kept.
    void reset() {
        Outcome fresh;
        fresh.attempt_errors = std::move(attempt_errors);
        fresh.attempt_errors.clear();
        fresh.attempt_codes = std::move(attempt_codes);
        fresh.attempt_codes.clear();
        fresh.upstream_model = std::move(upstream_model);
        fresh.upstream_model.clear();
        fresh.attempt_numbers = std::move(attempt_numbers);
        fresh.attempt_numbers.clear();
        *this = std::move(fresh);
    }
    /// What the request has cost so far.
    [[nodiscard]] Usd cost() const noexcept { return passed_on ? passed_on->cost : bill.total(); }
    /// Notes a climb and makes its verdict the one that is disclosed.
    void ask(policy::Climb climb) {
        escalation = climb.approval.approved ? "approved" : "denied";
        escalation_reason = climb.approval.reason;
        climbs.push_back(std::move(climb));
    }
};

}  // namespace tierway::gateway
