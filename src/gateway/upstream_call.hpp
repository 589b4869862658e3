#pragma once

#include <optional>

#include "gateway/provider_link.hpp"
#include "gateway/request_context.hpp"
#include "tierway/decision/thinking.hpp"
#include "tierway/dialect/dialect.hpp"
#include "tierway/net/task.hpp"

namespace tierway::gateway {

/// One attempt's call to a provider: sends the edited request, reads the response head and what follows.
/// While it lives it is what the client's departure cancels. Each phase has the limit of model and class.
class UpstreamCall {
public:
    /// \param judged the answer will be judged: log-probabilities are asked for where the model can give them.
    /// \param prefill what an assistant said that the model is to go on with; empty: nothing. Must outlive the call.
    UpstreamCall(RequestContext& context, config::ModelId model, bool judged, std::string_view prefill);
    ~UpstreamCall();
    UpstreamCall(const UpstreamCall&) = delete;
    UpstreamCall& operator=(const UpstreamCall&) = delete;

    /// Until the head of a successful answer. Errors: transport's, or what the provider's refusal amounts to.
    net::Task<Result<void>> open();
    /// What of the body has already arrived; empty: `read` must be awaited.
    std::optional<Result<net::BodyBatch>> body_at_hand() { return link_.connection().body_at_hand(); }
    /// More of the body, with the time waited noted. \param deadline never later than the call's total limit.
    net::Task<Result<net::BodyBatch>> read(SteadyTime deadline);
    /// See `ProviderLink`.
    void give_back() { link_.give_back(); }
    void give_back_when_drained() { link_.give_back_when_drained(); }

    [[nodiscard]] config::ModelId model() const noexcept { return model_; }
    /// What the provider speaks.
    [[nodiscard]] dialect::Dialect dialect() const noexcept { return dialect_; }
    [[nodiscard]] const config::Timeouts& timeouts() const noexcept { return timeouts_; }
    [[nodiscard]] bool ended_by_close() const noexcept { return link_.ended_by_close(); }
    /// Whether the provider may have begun to work on it, and so may bill it.
    [[nodiscard]] bool dispatched() const noexcept { return dispatched_; }
    /// Whether we asked for log-probabilities that the client did not.
    [[nodiscard]] bool forced_logprobs() const noexcept { return forced_logprobs_; }
    [[nodiscard]] std::optional<Milliseconds> retry_after() const noexcept { return retry_after_; }
    [[nodiscard]] SteadyTime began_at() const noexcept { return began_at_; }
    /// Notes that the answer's content has begun.
    void note_content(SteadyTime now) noexcept { first_content_at_ = now; }
    [[nodiscard]] std::optional<SteadyTime> first_content_at() const noexcept { return first_content_at_; }
    /// Of its span in the request's trace; not valid without a collector.
    [[nodiscard]] telemetry::SpanId span() const noexcept { return span_; }

private:
    [[nodiscard]] CallLimits limits() const noexcept;
    net::Task<Result<void>> read_refusal();
    /// Errors: what the request asks for cannot be said in the provider's dialect.
    Result<void> gather_request();
    /// What the class orders of the model beside the request.
    [[nodiscard]] decision::ThinkingTerms thinking() const;
    void gather_chat_body(const decision::ThinkingTerms& ordered);
    void gather_native_body();
    void gather_embeddings_body();
    Result<void> gather_translated_body(const decision::ThinkingTerms& ordered);
    /// The end of the head, and then the pieces of the body that `scratch.edits` makes of `body`.
    void gather(std::string_view body);
    void append_client_headers(std::string& head) const;
    /// A member of the body that caps the answer's length; empty: the request states its limit, or there is none.
    std::string_view output_limit_member(std::string_view field);

    RequestContext& context_;
    config::ModelId model_;
    const config::Timeouts& timeouts_;
    dialect::Dialect dialect_;
    std::string_view prefill_;
    ProviderLink link_;
    SteadyTime began_at_;
    SteadyTime total_deadline_;
    std::optional<SteadyTime> first_content_at_;
    telemetry::SpanId span_;
    std::optional<Milliseconds> retry_after_;
    bool forced_logprobs_ = false;
    bool dispatched_ = false;
};

}  // namespace tierway::gateway
