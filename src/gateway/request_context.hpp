#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/answer.hpp"
#include "gateway/attempt_ledger.hpp"
#include "gateway/door_request.hpp"
#include "gateway/meters.hpp"
#include "gateway/outcome.hpp"
#include "gateway/provider_link.hpp"
#include "gateway/rate_admission.hpp"
#include "gateway/runtime.hpp"
#include "gateway/shadow/shadow_desk.hpp"
#include "gateway/side_call.hpp"
#include "gateway/spans/request_trace.hpp"
#include "tierway/base/request_id.hpp"
#include "tierway/base/time.hpp"
#include "tierway/decision/plan.hpp"
#include "tierway/dialect/chat_compatibility.hpp"
#include "tierway/net/exchange.hpp"
#include "tierway/net/header_block.hpp"
#include "tierway/telemetry/log.hpp"
#include "tierway/wire/edits.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::gateway {

/// Memory that requests reuse, so that a warmed-up worker allocates little. One for each request under way.
struct Scratch {
    decision::Plan plan;
    DoorRequest door;
    wire::JsonParser request_json;
    wire::JsonParser answer_json;
    wire::JsonParser chat_json;  ///< Of `chat_body`.
    wire::Edits edits;
    dialect::RequestNotes notes;  ///< What `edits` put into a request.
    std::vector<std::string_view> pieces;
    std::string request_tail;  ///< The end of an upstream request's head.
    std::string output_limit;  ///< A member of an upstream request's body.
    std::string prefill;       ///< One more element of its messages, with its comma.
    std::string request_body;  ///< Of an upstream request that is written, not edited.
    std::string body;          ///< An upstream answer as it arrived.
    std::string chat_body;     ///< The same in the words of Chat, when its provider does not speak it.
    net::HeaderBlock headers;
    Answer answer;         ///< Of the bound tier.
    Answer better_answer;  ///< Of the tier that the cascade climbed to.
    std::optional<dialect::ChatAnswer> second_opinion;  ///< On the draft, if there was one in time.
    TextBuffer record;     ///< The decision record.
    Outcome outcome;
    net::HeaderBlock relayed_headers;  ///< Of the provider's answer.

    /// Forgets the request, whose permits and views must not outlive it.
    void end_request() {
        plan.reset();
        outcome.reset();
        relayed_headers.clear();
        second_opinion.reset();
    }
};

/// What belongs to one request while it is under way. Lives in the handler's coroutine.
struct RequestContext {
    net::Exchange& exchange;
    RuntimePtr runtime;
    Meters& meters;
    Scratch& scratch;
    RequestId id;
    WallTime wall_time{};
    AttemptLedger ledger;
    RateAdmission rate;
    ShadowDesk& shadow;
    RequestTrace trace;
    Outcome& outcome = scratch.outcome;
    ProviderLink* active = nullptr;             ///< The call under way …
    bool active_drains = false;                 ///< … which is read to its end when the client leaves, instead of cancelled.
    SideCall* opinion = nullptr;                ///< The opinion that is asked for meanwhile.
    net::HeaderBlock& relayed_headers = scratch.relayed_headers;

    [[nodiscard]] const config::Snapshot& snapshot() const noexcept { return runtime->snapshot(); }
    [[nodiscard]] decision::Plan& plan() noexcept { return scratch.plan; }
    [[nodiscard]] DoorRequest& door() noexcept { return scratch.door; }
    /// The request's body in the words of Chat: what the plan is a view of.
    [[nodiscard]] std::string_view body() const noexcept { return scratch.door.chat_body(); }
    /// For lines of the log.
    [[nodiscard]] telemetry::LogSubject log_subject() const noexcept { return {id.view(), trace.trace_id()}; }
    /// Ends all that is waited for. \param and_drained also the call that is read to its end when the client leaves.
    void cancel_calls(bool and_drained) {
        if (active != nullptr && (and_drained || !active_drains)) {
            active->cancel();
        }
        if (opinion != nullptr) {
            opinion->cancel();
        }
    }
    /// Time in the gateway itself so far.
    [[nodiscard]] Nanoseconds overhead(SteadyTime now) const {
        const Nanoseconds spent = now - exchange.began_at() - outcome.upstream_wait;
        return spent > Nanoseconds{0} ? spent : Nanoseconds{0};
    }
};

}  // namespace tierway::gateway
