#pragma once

#include <optional>
#include <vector>

#include "gateway/answer.hpp"
#include "gateway/client_answer.hpp"
#include "gateway/delivered_answer.hpp"
#include "gateway/opinion_collector.hpp"
#include "gateway/request_context.hpp"
#include "gateway/stream_machine.hpp"
#include "gateway/upstream_call.hpp"
#include "tierway/dialect/provider_codec.hpp"
#include "tierway/upstream/retry_machine.hpp"

namespace tierway::gateway {

/// Phase 7 of one request: attempts within the bound tier, judgement, approved climbs, and the continuation of a stream that
/// broke off. Whom to ask next is the retry machine's word. Every attempt leaves a line on the bill, however it ends.
class Executor {
public:
    explicit Executor(RequestContext& context);

    /// Until the client has its answer, an error, or is gone; the outcome says which.
    net::Task<> run();

private:
    /// One tier's attempts, until one answers into `answer` or nobody is left to ask.
    net::Task<Result<void>> ask_tier(config::TierId tier, const std::vector<config::ModelId>& targets, bool judged,
                                     Answer& answer);
    net::Task<Result<void>> attempt(Answer& answer, bool judged);
    /// Asks the ledger whether the attempt may be paid for.
    net::Task<Result<void>> reserve(config::TierId tier, config::ModelId model, Usd estimate);
    net::Task<Result<void>> read_whole(UpstreamCall& call, bool judged, Answer& answer);
    net::Task<Result<void>> read_stream(UpstreamCall& call, bool judged, Answer& answer);
    /// Judges the draft and, if it is wanting and the approver agrees, asks the higher tier. \param answer the draft; then what
    /// the client shall get.
    net::Task<Result<void>> decide(Answer*& answer);
    /// Asks the next higher tier when nobody of this one answers, if class and approver say so; else answers `down` itself.
    net::Task<Result<void>> climb_when_down(Error down, Answer& answer);
    /// Asks the tier whose drafts were passed over for their cost, since nobody of the higher tier answers; if nobody of it does
    /// either, answers `failed` itself.
    net::Task<Result<void>> stand_in(Error failed, Answer& answer);
    /// Lets another model go on with an answer that broke off, if class, answer and models allow it; else answers `broken`
    /// itself.
    net::Task<Result<void>> continue_elsewhere(Error broken, config::TierId tier, const std::vector<config::ModelId>& targets,
                                               Answer& answer);

    /// Nobody is to be asked any more: the client left, or the process drains and the request's time is over.
    [[nodiscard]] bool must_end() const;
    /// Whether a further attempt of that estimate stays within what the request may cost in all.
    [[nodiscard]] bool may_cost(Usd estimate) const;
    /// The approver agreed to a climb, and the answer is of the tier below all the same.
    void note_fruitless_climb(const Error& failed);
    /// The approver agreed to a climb, and no budget pays for it.
    void note_unpaid_climb(const Error& refused);
    bool approves(config::TierId to, const std::vector<config::ModelId>& targets, policy::ClimbReason why);
    [[nodiscard]] bool can_continue(const Error& broken) const;
    [[nodiscard]] StreamSettings stream_settings(const UpstreamCall& call, bool judged) const;
    /// Reports an attempt's end to the machine, the record and the metrics.
    void note_end(const Answer& answer, const Result<void>& ended, std::optional<Milliseconds> retry_after, SteadyTime ended_at);
    /// Notes which models were passed over at a limit of ours. \param asked who is asked instead, if anybody is.
    void note_limited(std::optional<config::ModelId> asked);
    /// Reads the body that has arrived as embeddings, and writes them as the client asked for them.
    Result<void> read_embeddings(UpstreamCall& call, Answer& answer);
    /// What a whole answer says. \param chat gets the answer in the words of Chat; it lives in the scratch memory.
    /// Errors: the provider's, or UpstreamMalformed.
    Result<dialect::ChatAnswer> read_content(const UpstreamCall& call, const wire::JsonValue& body, bool judged,
                                             wire::JsonValue& chat);
    /// Writes a whole answer whose content was read, as the client is to get it. \param native as the provider sent it.
    /// \param chat as `read_content` gave it.
    void write_answer(const UpstreamCall& call, const wire::JsonValue& native, const wire::JsonValue& chat, std::string& bytes);
    /// Whether the provider's answers may have parts where Chat has a text.
    [[nodiscard]] bool has_content_parts(const UpstreamCall& call) const;
    [[nodiscard]] dialect::ReplyDefaults reply_defaults() const;
    [[nodiscard]] dialect::DoorTerms door_terms(const UpstreamCall& call) const;
    [[nodiscard]] const config::Provider& provider_of(const UpstreamCall& call) const;
    /// What the call's provider was shown; its errors must not repeat it.
    [[nodiscard]] const Secret& credential(const UpstreamCall& call) const;
    /// \param content what is known of the answer, with its usage if the provider told it; null: nothing.
    std::size_t charge(config::TierId tier, const UpstreamCall& call, const dialect::ChatAnswer* content,
                       std::size_t answer_text_bytes, const Error* error);
    /// Teaches the estimator what a whole answer's provider counted, when its prompt was of a kind that can be learnt from.
    void learn(config::ModelId model, std::int64_t prompt_tokens);

    RequestContext& context_;
    ClientAnswer client_;
    OpinionCollector opinions_;
    upstream::RetryMachine machine_;
    unsigned attempt_number_ = 0;  ///< Of the attempt under way.
    std::size_t limited_noted_ = 0;  ///< Of those whom the machine has passed over in this tier.
    DeliveredAnswer delivered_;
    std::string prefill_;  ///< What an answer that is continued says so far; empty otherwise.
    std::optional<upstream::EndReason> end_reason_;  ///< Of the tier asked last, when nobody of it answered.
};

}  // namespace tierway::gateway
