#include "gateway/side_call.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "gateway/provider_dialect.hpp"
#include "gateway/redaction.hpp"
#include "gateway/request_signing.hpp"
#include "gateway/translated_request.hpp"
#include "gateway/upstream_head.hpp"
#include "tierway/dialect/provider_codec.hpp"
#include "tierway/dialect/token_estimate.hpp"
#include "tierway/telemetry/log.hpp"
#include "tierway/upstream/failure_meaning.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::gateway {
namespace {

/// Bound on an answer that is only looked at.
constexpr std::size_t kAnswerBytesMax = std::size_t{4} << 20U;
/// Longer than any configured limit of a call.
constexpr Milliseconds kForEver{std::chrono::hours(48)};

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

dialect::Dialect dialect_of(const Runtime& runtime, config::ModelId model) {
    return wire_dialect(runtime.snapshot().dialect_of(model, false));
}

Error not_asked(const std::optional<RateLimitKind>& limited_by) {
    return limited_by ? Error(ErrorKind::Overloaded, ErrorSource::Internal, "upstream_limited", "The model is at a limit of ours.")
                      : Error(ErrorKind::UpstreamUnavailable, ErrorSource::Internal, "upstream_unavailable",
                              "The model rests after failures or a rate limit.");
}

}  // namespace

SideCall::SideCall(net::Worker& worker, RuntimePtr runtime, ledger::Store* store, Question question)
    : worker_(worker),
      runtime_(std::move(runtime)),
      question_(std::move(question)),
      dialect_(dialect_of(*runtime_, question_.model)),
      ledger_(store, worker),
      link_(worker, runtime_->origin_of(question_.model)),
      end_(worker.context()),
      began_at_(now()),
      answer_(Error::client_gone()) {}

void SideCall::start() {
    boost::asio::co_spawn(worker_.executor(), drive(shared_from_this()), [](const std::exception_ptr&) {});
}

void SideCall::cancel() {
    cancelled_ = true;
    link_.cancel();
}

net::Task<> SideCall::drive(std::shared_ptr<SideCall> self) {
    std::exception_ptr fault;
    try {
        self->answer_ = co_await self->ask();
    } catch (...) {
        fault = std::current_exception();
    }
    if (fault) {
        telemetry::log_exception("A call beside a request ended by an exception", fault,
                                 {self->question_.request_id, self->question_.trace_id});
        self->answer_ = Error::internal("The gateway failed on this call. It has been logged.");
    }
    self->settle_permit();
    self->ended_at_ = now();
    self->done_ = true;
    self->end_.cancel();
}

net::Task<bool> SideCall::ended_within(Milliseconds patience) {
    if (!done_) {
        end_.expires_after(patience);
        co_await end_.async_wait(net::kAwait);
    }
    co_return done_;
}

net::Task<> SideCall::ended() {
    while (!done_) {
        co_await ended_within(kForEver);
    }
}

net::Task<Result<dialect::ChatAnswer>> SideCall::ask() {
    permit_ = runtime_->health().admit(question_.model, upstream::AttemptKind::First, began_at_,
                                       TokenDemand(question_.prompt_tokens + question_.output_tokens_at_most));
    if (!permit_) {
        co_return not_asked(permit_.limited_by());
    }
    if (question_.opening) {
        auto reserved = co_await reserve();
        if (!reserved) {
            permit_.withdraw(now());
            co_return reserved.error();
        }
    }
    if (cancelled_) {
        if (question_.opening) {
            ledger_.release_newest();
        }
        permit_.withdraw(now());
        co_return Error::client_gone();
    }
    attempted_ = true;
    auto answered = co_await call();
    if (!answered) {
        const config::Snapshot& snapshot = runtime_->snapshot();
        co_return without_secret(answered.error(), snapshot.provider(snapshot.model(question_.model).provider).api_key);
    }
    co_return answered;
}

net::Task<Result<void>> SideCall::reserve() {
    ledger::AttemptOpening opening = *question_.opening;
    auto reserved = co_await ledger_.open(std::move(opening), runtime_->snapshot().store.wait_max);
    co_return reserved;
}

net::Task<Result<dialect::ChatAnswer>> SideCall::call() {
    const config::Timeouts& timeouts = runtime_->snapshot().timeouts(question_.model, question_.request_class);
    CallLimits limits;
    limits.connect = timeouts.connect;
    limits.headers = timeouts.headers;
    limits.idle = timeouts.idle;
    limits.until = now() + timeouts.total_whole;
    if (auto worded = put_into_words(); !worded) {
        co_return worded.error();
    }
    std::string tail = std::to_string(question_.body.size()) + "\r\nAccept: application/json\r\n" + question_.trace_fields;
    const Runtime::Address& address = runtime_->address_of(question_.model, dialect_, false);
    const config::Snapshot& asked = runtime_->snapshot();
    const config::Provider& host = asked.provider(asked.model(question_.model).provider);
    append_provider_fields(host, dialect_, tail);
    append_signature(host, address.target, question_.body, std::chrono::system_clock::now(), tail);
    tail += "\r\n";
    const std::array<std::string_view, 3> parts{address.head, tail, question_.body};
    const std::span<const std::string_view> pieces(parts);
    auto opened = co_await link_.open(pieces, limits);
    dispatched_ = link_.sent() && (opened.has_value() || opened.error().kind() == ErrorKind::ClientGone ||
                                   opened.error().kind() == ErrorKind::UpstreamTimeout);
    if (!opened) {
        co_return opened.error();
    }
    const net::ResponseHead& head = link_.connection().head();
    if (head.status < 200 || head.status > 299) {
        dispatched_ = false;
        const config::Snapshot& snapshot = runtime_->snapshot();
        const std::string_view provider = snapshot.provider(snapshot.model(question_.model).provider).name;
        wire::JsonParser parser;
        std::string body;
        Refusal refusal = co_await link_.read_refusal(provider, limits, body, parser);
        retry_after_ = refusal.retry_after;
        co_return refusal.error;
    }
    auto answered = co_await read_answer(limits.until);
    co_return answered;
}

net::Task<Result<dialect::ChatAnswer>> SideCall::read_answer(SteadyTime until) {
    bool last = false;
    while (!last) {
        auto batch = co_await link_.connection().read_body(until);
        if (!batch) {
            co_return batch.error();
        }
        for (const std::string_view piece : batch->pieces) {
            body_.append(piece);
        }
        last = batch->last;
        if (body_.size() > kAnswerBytesMax) {
            co_return Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed", "The provider's answer is too large.");
        }
    }
    wire::JsonParser parser;
    const auto parsed = parser.parse(body_);
    if (!parsed) {
        co_return Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed", "The provider's answer is not JSON.");
    }
    link_.give_back();
    co_return read_content(*parsed);
}

Result<dialect::ChatAnswer> SideCall::read_content(const wire::JsonValue& body) const {
    const config::Snapshot& snapshot = runtime_->snapshot();
    const std::string_view provider = snapshot.provider(snapshot.model(question_.model).provider).name;
    if (dialect_ == dialect::Dialect::Chat) {
        return dialect::read_chat_answer(body, provider);
    }
    const auto translated = dialect::chat_answer_of(dialect_, body, provider, {});
    if (!translated) {
        return translated.error();
    }
    wire::JsonParser parser;
    const auto answer = parser.parse(*translated);
    return answer ? dialect::read_chat_answer(*answer, provider) : Result<dialect::ChatAnswer>(answer.error());
}

Result<void> SideCall::put_into_words() {
    const dialect::ChatRules& rules = runtime_->chat_rules_of(question_.model);
    if (dialect_ == dialect::Dialect::Chat && !dialect::changes_bodies(rules)) {
        return {};
    }
    const config::Model& model = runtime_->snapshot().model(question_.model);
    auto body = dialect_ == dialect::Dialect::Chat
                    ? fit_chat_body(question_.body, runtime_->upstream_name_json(question_.model), rules)
                    : translate_chat_body(question_.body, dialect_, model_rules(model, question_.output_tokens_at_most));
    if (!body) {
        return body.error();
    }
    question_.body = std::move(*body);
    return {};
}

void SideCall::settle_permit() {
    if (!permit_) {
        return;
    }
    const SteadyTime ended_at = now();
    const Usage used = usage();
    permit_.used(used.tokens.prompt + used.tokens.completion, ledger::is_known(used.source), ended_at);
    if (answer_) {
        permit_.settle(upstream::Evidence::Healthy, ended_at);
    } else {
        const bool limits_pace = answer_.error().code() == "rate_limit_exceeded";
        permit_.settle(upstream::evidence_of(answer_.error()), ended_at, limits_pace ? retry_after_ : std::nullopt);
    }
}

SideCall::Usage SideCall::usage() const {
    Usage used;
    if (answer_ && !answer_->service_tier.empty()) {
        used.service = config::service_tier_named(answer_->service_tier);
    }
    if (answer_ && answer_->usage) {
        used.tokens = *answer_->usage;
        used.source = ledger::UsageSource::Provider;
    } else if (dispatched_ && answer_) {
        used.tokens.prompt = question_.prompt_tokens;
        used.tokens.completion = dialect::estimate_tokens(body_.size());
        used.source = ledger::UsageSource::Counted;
    } else if (dispatched_) {
        // What is not known is not given back.
        used.tokens.prompt = question_.prompt_tokens_at_most;
        used.tokens.completion = question_.output_tokens_at_most;
        used.source = ledger::UsageSource::Estimated;
    }
    return used;
}

}  // namespace tierway::gateway
