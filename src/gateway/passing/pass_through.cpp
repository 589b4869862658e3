#include "gateway/passing/pass_through.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "gateway/disclosure.hpp"
#include "gateway/error_answer.hpp"
#include "gateway/ledger_entries.hpp"
#include "gateway/passing/pass_through_rules.hpp"
#include "gateway/rate_headers.hpp"
#include "gateway/redaction.hpp"
#include "gateway/relayed_fields.hpp"

namespace tierway::gateway {
namespace {

/// For what a provider says while it refuses a body that is still being sent.
constexpr Milliseconds kLastWordsTime{500};

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

std::string_view body_type_of(const net::ResponseHead& head) {
    // What is encoded cannot be read in passing.
    return head.fields.get("content-encoding").empty() ? head.fields.get("content-type") : std::string_view();
}

}  // namespace

PassThrough::PassThrough(RequestContext& context, PassedPath path, config::ProviderId provider)
    : context_(context),
      path_(path),
      snapshot_(context.snapshot()),
      rules_(*context.snapshot().pass_through),
      provider_(context.snapshot().provider(provider)),
      link_(context.exchange.worker(), context.runtime->origin_of(provider)),
      asked_model_(context.exchange.fields().get("content-type")),
      began_at_(now()),
      until_(began_at_ + provider_.timeouts.total_stream),
      span_(context.trace.next_span()) {
    PassedOn& passed = context_.outcome.passed_on.emplace();
    passed.name = provider_.name + "/" + std::string(path.segment);
    passed.estimate = passed_estimate(rules_, context.exchange.method(), path.segment);
}

net::Task<> PassThrough::run() {
    auto ended = co_await admit();
    if (ended) {
        context_.active = &link_;
        context_.exchange.on_client_gone([this] { context_.cancel_calls(true); });
        ended = co_await call();
        context_.exchange.on_client_gone({});
        context_.active = nullptr;
        if (!ended) {
            ended = without_secret(ended.error(), provider_.api_key);
        }
        charge(ended);
        note_span(ended);
    }
    if (!ended) {
        Error failed = ended.error();
        if (context_.exchange.head_sent()) {
            // What has begun to pass cannot be called an error any more: it ends without its proper end.
            context_.outcome.error = failed;
            context_.exchange.abandon();
        } else {
            co_await answer_error(context_, std::move(failed), false);
        }
    }
}

net::Task<Result<void>> PassThrough::admit() {
    PassedOn& passed = *context_.outcome.passed_on;
    if (!context_.ledger.keeps() || context_.exchange.method() != "POST") {
        co_return Result<void>();
    }
    ledger::AttemptOpening opening = passed_opening(context_, passed);
    auto reserved = co_await context_.ledger.open(std::move(opening), snapshot_.store.wait_max);
    context_.outcome.budget_left = context_.ledger.left();
    passed.is_opened = reserved.has_value();
    co_return reserved;
}

CallLimits PassThrough::limits() const {
    CallLimits limits;
    limits.connect = provider_.timeouts.connect;
    limits.headers = provider_.timeouts.headers;
    limits.idle = provider_.timeouts.idle;
    limits.until = until_;
    return limits;
}

net::Task<Result<void>> PassThrough::call() {
    context_.outcome.attempts = 1;
    auto opened = co_await send_request();
    if (!opened) {
        co_return opened;
    }
    const unsigned status = link_.connection().head().status;
    if (status >= 400) {
        was_refused_ = true;
        const CallLimits within = limits();
        const SteadyTime waiting_since = now();
        relay_provider_fields(context_, link_.connection().head().fields);
        Refusal refusal = co_await link_.read_refusal(provider_.name, within, context_.scratch.body, context_.scratch.answer_json);
        context_.outcome.upstream_wait += now() - waiting_since;
        context_.outcome.retry_after = refusal.retry_after;
        co_return refusal.error;
    }
    was_answered_ = true;
    auto relayed = co_await relay();
    co_return relayed;
}

net::Task<Result<void>> PassThrough::send_request() {
    net::Exchange& exchange = context_.exchange;
    const std::array<std::string_view, 1> whole{exchange.body()};
    net::BodyPart part{whole, true};
    if (exchange.body_in_parts()) {
        auto first = co_await exchange.read_body();
        if (!first) {
            co_return first.error();
        }
        part = *first;
    }
    const std::string_view target = exchange.target();
    const std::string_view query = target.substr(std::min(target.size(), target.find('?')));
    std::string head = passed_head(provider_, exchange.method(), path_.rest, query, exchange.fields());
    context_.trace.append_fields(provider_, span_, head);
    body_.begin(exchange.fields(), exchange.method(), head);
    const std::span<const std::string_view> pieces = body_.frame(head, part);
    feed(part);
    const CallLimits within = limits();
    if (part.last) {
        // What came at once can be sent again where a pooled connection turns out to be dead.
        const SteadyTime waiting_since = now();
        auto opened = co_await link_.open(pieces, within);
        context_.outcome.upstream_wait += now() - waiting_since;
        co_return opened;
    }
    auto begun = co_await link_.begin(pieces, within);
    if (!begun) {
        co_return begun.error();
    }
    auto sent = co_await send_rest();
    co_return sent;
}

net::Task<Result<void>> PassThrough::send_rest() {
    Result<void> sent = Result<void>();
    bool last = false;
    while (!last && sent) {
        auto part = co_await context_.exchange.read_body();
        if (!part) {
            co_return part.error();
        }
        last = part->last;
        feed(*part);
        if (link_.connection().answers_early()) {
            break;
        }
        const std::span<const std::string_view> pieces = body_.frame({}, *part);
        const SteadyTime waiting_since = now();
        sent = co_await link_.send_more(pieces, std::min(until_, waiting_since + provider_.timeouts.idle));
        context_.outcome.upstream_wait += now() - waiting_since;
    }
    if (!sent) {
        Error broken = sent.error();
        auto heard = co_await hear_early_answer(std::move(broken));
        co_return heard;
    }
    // Also of one that answers early: it has seen enough.
    const SteadyTime waiting_since = now();
    auto answered = co_await link_.hear(until_);
    context_.outcome.upstream_wait += now() - waiting_since;
    co_return answered;
}

void PassThrough::feed(const net::BodyPart& part) {
    for (const std::string_view piece : part.pieces) {
        asked_model_.feed(piece);
    }
}

// A provider that has read enough answers and closes: what it says is worth more than that it closed.
net::Task<Result<void>> PassThrough::hear_early_answer(Error broken) {
    if (broken.kind() == ErrorKind::ClientGone || !link_.is_connected()) {
        co_return broken;
    }
    auto heard = co_await link_.hear(now() + kLastWordsTime);
    if (!heard || link_.connection().head().status < 400) {
        co_return broken;
    }
    co_return heard;
}

void PassThrough::begin_answer() {
    const net::ResponseHead& head = link_.connection().head();
    relay_provider_fields(context_, head.fields);
    net::HeaderBlock& headers = context_.scratch.headers;
    headers.clear();
    for (const wire::HttpField& field : head.fields) {
        if (is_content_field(field.name)) {
            headers.add(field.name, field.value);
        }
    }
    const DisclosureInput input{snapshot_, context_.id.view(), context_.plan(), context_.outcome,
                                false,     context_.overhead(now()), context_.door().door()};
    add_disclosure(input, headers);
    headers.add("x-tierway-class", config::PassThrough::kClassName);
    if (const std::string& model = context_.outcome.passed_on->asked_model; !model.empty()) {
        headers.add("x-tierway-model", provider_.name + "/" + model);
    }
    headers.add_all(context_.relayed_headers);
    add_rate_limits(context_, headers);
    reported_.emplace(body_type_of(head));
    context_.outcome.status = head.status;
}

net::Task<Result<void>> PassThrough::relay() {
    net::Exchange& exchange = context_.exchange;
    context_.outcome.passed_on->asked_model = asked_model_.finish();
    begin_answer();
    const unsigned status = context_.outcome.status;
    if (status == 204 || status == 304) {
        // RFC 9110 section 6.4.1: they have no content, and so no framing.
        link_.give_back();
        const bool sent = co_await exchange.respond_without_content(status, context_.scratch.headers);
        co_return sent ? Result<void>() : Result<void>(Error::client_gone());
    }
    exchange.begin_stream(status, context_.scratch.headers);
    bool last = false;
    while (!last) {
        const SteadyTime waiting_since = now();
        auto batch = co_await link_.connection().read_body(std::min(until_, waiting_since + provider_.timeouts.idle));
        context_.outcome.upstream_wait += now() - waiting_since;
        if (!batch) {
            co_return batch.error();
        }
        last = batch->last;
        for (const std::string_view piece : batch->pieces) {
            reported_->feed(piece);
        }
        const bool sent = co_await exchange.write(batch->pieces);
        if (!sent) {
            co_return Error::client_gone();
        }
    }
    link_.give_back();
    const bool finished = co_await exchange.finish();
    co_return finished ? Result<void>() : Result<void>(Error::client_gone());
}

void PassThrough::charge(const Result<void>& ended) {
    PassedOn& passed = *context_.outcome.passed_on;
    if (!was_answered_) {
        passed.asked_model = asked_model_.finish();
    }
    if (!ended) {
        passed.purpose = ledger::Purpose::Failed;
        passed.error = ended.error().detail().empty() ? ended.error().message() : ended.error().detail();
    }
    // What was sent whole and not refused may be billed, whoever left meanwhile.
    const bool unknown = !ended && !was_refused_ && link_.sent();
    charge_passed(rules_, context_.exchange.method(), path_.segment, was_answered_ || unknown,
                  reported_ ? reported_->finish() : std::nullopt, passed);
}

void PassThrough::note_span(const Result<void>& ended) {
    if (!context_.trace.is_recorded()) {
        return;
    }
    const Error failed = ended ? Error() : ended.error();
    context_.outcome.traced.push_back(traced_attempt(span_, began_at_, now(), nullptr, ended ? nullptr : &failed));
}

}  // namespace tierway::gateway
