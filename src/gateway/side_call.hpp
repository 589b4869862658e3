#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gateway/attempt_ledger.hpp"
#include "gateway/provider_link.hpp"
#include "gateway/runtime.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/dialect/chat_answer.hpp"
#include "tierway/dialect/dialect.hpp"
#include "tierway/dialect/token_usage.hpp"
#include "tierway/ledger/bill.hpp"
#include "tierway/net/task.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/upstream/health_board.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::gateway {

/// A call that runs beside a request: one question to one model, answered whole, without a second try. It takes leave of the
/// model's health and of the budgets like any attempt, and says what it cost. It holds all that it needs, so it is safe whoever
/// ends first; its owner waits for it, or cancels it and waits. Lives on one worker.
class SideCall : public std::enable_shared_from_this<SideCall> {
public:
    struct Question {
        config::ModelId model{};
        config::ClassId request_class{};
        std::string body;  ///< In the words of Chat.
        std::int64_t prompt_tokens = 0;          ///< Expected, …
        std::int64_t prompt_tokens_at_most = 0;  ///< … and what is charged when nobody knows.
        std::int64_t output_tokens_at_most = 0;  ///< Of all choices together.
        std::optional<ledger::AttemptOpening> opening;  ///< Absent: no store keeps spending.
        std::string trace_fields;  ///< What the provider is told of the trace, as lines of a head.
        std::string request_id;    ///< Of the request beside it, …
        std::string trace_id;      ///< … and its trace, if there is one, for the log.
    };

    /// \param store null: nothing is kept. The worker and the store must outlive the call.
    SideCall(net::Worker& worker, RuntimePtr runtime, ledger::Store* store, Question question);
    SideCall(const SideCall&) = delete;
    SideCall& operator=(const SideCall&) = delete;

    /// Begins it, in a coroutine of its own. REQUIRES: a shared pointer owns it.
    void start();
    /// Makes it end soon, with ClientGone.
    void cancel();
    /// Waits for its end, but only so long. \returns whether it has ended.
    net::Task<bool> ended_within(Milliseconds patience);
    /// Waits for its end. It has limits of its own.
    net::Task<> ended();

    /// REQUIRES: it has ended.
    [[nodiscard]] const Result<dialect::ChatAnswer>& answer() const noexcept { return answer_; }
    /// Whether it went so far that it is an attempt with a line on the bill. REQUIRES: it has ended.
    [[nodiscard]] bool attempted() const noexcept { return attempted_; }
    struct Usage {
        ledger::UsageSource source = ledger::UsageSource::None;
        dialect::TokenUsage tokens;
        config::ServiceTier service = config::ServiceTier::Standard;
    };
    /// What is billed for it. REQUIRES: it has ended.
    [[nodiscard]] Usage usage() const;
    /// What it has open in the store, to be charged by its owner. REQUIRES: it has ended.
    [[nodiscard]] AttemptLedger& ledger() noexcept { return ledger_; }
    [[nodiscard]] config::ModelId model() const noexcept { return question_.model; }
    [[nodiscard]] SteadyTime began_at() const noexcept { return began_at_; }
    /// REQUIRES: it has ended.
    [[nodiscard]] SteadyTime ended_at() const noexcept { return ended_at_; }

private:
    static net::Task<> drive(std::shared_ptr<SideCall> self);
    net::Task<Result<dialect::ChatAnswer>> ask();
    net::Task<Result<void>> reserve();
    net::Task<Result<dialect::ChatAnswer>> call();
    /// Puts the question into the dialect of the provider. Errors: it has no words for it.
    Result<void> put_into_words();
    [[nodiscard]] Result<dialect::ChatAnswer> read_content(const wire::JsonValue& body) const;
    net::Task<Result<dialect::ChatAnswer>> read_answer(SteadyTime until);
    void settle_permit();

    net::Worker& worker_;
    RuntimePtr runtime_;
    Question question_;
    dialect::Dialect dialect_;  ///< What the model's provider speaks.
    AttemptLedger ledger_;
    upstream::Permit permit_;
    ProviderLink link_;
    net::Timer end_;
    SteadyTime began_at_;
    SteadyTime ended_at_{};
    std::string body_;  ///< What arrived.
    Result<dialect::ChatAnswer> answer_;
    std::optional<Milliseconds> retry_after_;
    bool attempted_ = false;
    bool dispatched_ = false;
    bool cancelled_ = false;
    bool done_ = false;
};

}  // namespace tierway::gateway
