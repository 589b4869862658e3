#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "gateway/answer.hpp"
#include "gateway/request_context.hpp"
#include "gateway/side_call.hpp"
#include "tierway/cascade/signals.hpp"
#include "tierway/decision/draft_verdict.hpp"
#include "tierway/net/task.hpp"

namespace tierway::gateway {

/// Asks others what they think of one request's draft, as its class says: a second model beside the draft itself, a verifier once the
/// draft is there. An opinion is a help and never a condition: one that fails, is late or cannot be paid for is absent, and says
/// so in the record. What was asked is on the bill as `judge`, whatever came of it. One opinion is under way at a time.
class OpinionCollector {
public:
    explicit OpinionCollector(RequestContext& context) noexcept : context_(context) {}
    /// Gives up what is under way.
    ~OpinionCollector();
    OpinionCollector(const OpinionCollector&) = delete;
    OpinionCollector& operator=(const OpinionCollector&) = delete;

    /// Asks the second model, if the route has one and the request may cost it too. Once; further calls do nothing.
    /// \param attempt what the attempt beside it may cost.
    void ask_second(Usd attempt);
    /// Judges a whole draft with the opinions that are there in time.
    net::Task<decision::DraftVerdict> judge(const Answer& draft);
    /// Ends what is under way, because there is no draft to judge.
    net::Task<> end();
    /// What the opinion under way may still cost.
    [[nodiscard]] Usd under_way() const noexcept { return asked_ ? asked_->estimate : Usd(); }

private:
    struct Asked {
        cascade::SignalKind kind{};
        std::shared_ptr<SideCall> call;
        unsigned number = 0;  ///< Of the attempt in the ledger.
        Usd estimate;
        telemetry::SpanId span;  ///< Of the request's trace.
    };

    [[nodiscard]] const config::Escalation& settings() const;
    void ask(cascade::SignalKind kind, SideCall::Question question, Usd beside);
    void ask_verifier(const dialect::ChatAnswer& draft);
    /// Waits for the answer. \returns empty when it failed or is late; it is cancelled and on the bill then.
    net::Task<std::optional<dialect::ChatAnswer>> take(Milliseconds patience);
    /// \param outcome noted in place of how the call ended; empty: that.
    net::Task<> finish(std::string_view outcome);
    void charge(const Asked& asked);
    void note(cascade::SignalKind kind, config::ModelId model, std::string_view outcome);

    RequestContext& context_;
    std::optional<Asked> asked_;
    bool begun_ = false;
};

}  // namespace tierway::gateway
