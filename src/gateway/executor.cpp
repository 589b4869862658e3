#include "gateway/executor.hpp"

#include <array>
#include <random>
#include <utility>

#include "gateway/disclosure.hpp"
#include "gateway/error_answer.hpp"
#include "gateway/stream_relay.hpp"
#include "tierway/cascade/confidence.hpp"
#include "tierway/dialect/token_estimate.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::gateway {
namespace {

/// Bound on a whole answer.
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 20U;

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

double jitter() {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

Error not_json(const Error& problem, bool ended_by_close) {
    // A body without framing that the connection's end cut short cannot be told from a whole one but by its JSON.
    return ended_by_close
               ? Error::upstream(ErrorKind::UpstreamTruncated, "upstream_truncated",
                                 "The provider's answer ended before it was complete.")
               : Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed", "The provider's answer is not JSON.")
                     .with_detail(std::string(problem.message()));
}

}  // namespace

Executor::Executor(RequestContext& context) : context_(context) {}

net::Task<> Executor::run() {
    if (context_.plan().request.stream) {
        keepalive_.emplace(context_.exchange, context_.snapshot().server, [this] { begin_stream(false); });
    }
    context_.exchange.on_client_gone([this] {
        if (context_.active != nullptr) {
            context_.active->cancel();
        }
    });
    const policy::Route& route = *context_.plan().route;
    if (route.climb) {
        context_.outcome.ask({route.climb->from, route.climb->to, policy::name_of(route.climb->why), route.climb->approval});
    }
    Answer* answer = &context_.scratch.answer;
    auto tried = co_await try_tier(route.tier, route.targets, route.cascade.has_value(), *answer);
    if (tried && route.cascade) {
        tried = co_await decide(answer);
    }
    if (keepalive_) {
        keepalive_->disarm();
    }
    if (tried) {
        co_await send_answer(*answer);
    } else {
        Error failed = tried.error();
        co_await answer_error(context_, std::move(failed), stream_begun_);
    }
    context_.exchange.on_client_gone({});
}

net::Task<Result<void>> Executor::try_tier(config::TierId tier, const std::vector<config::ModelId>& targets, bool judged,
                                           Answer& answer) {
    upstream::AttemptMachine machine(targets);
    std::optional<Error> last;
    std::optional<config::ModelId> before;
    while (const auto next = machine.next(jitter())) {
        if (next->wait.count() > 0) {
            const SteadyTime since = now();
            co_await context_.exchange.worker().sleep(next->wait);
            context_.outcome.upstream_wait += now() - since;
        }
        if (context_.exchange.client_gone()) {
            co_return Error::downstream(ErrorKind::ClientGone, "client_gone", "The client left.");
        }
        ++context_.outcome.attempts;
        if (before && *before != next->model) {
            ++context_.outcome.fallbacks;
            context_.meters.count_fallback(*before, next->model, last->code());
        }
        before = next->model;
        std::optional<Milliseconds> retry_after;
        answer.begin(next->model, tier);
        auto attempted = co_await attempt(answer, judged, retry_after);
        // What was sent cannot be taken back, and nobody is left to answer when the client is gone.
        if (attempted || stream_committed_ || attempted.error().kind() == ErrorKind::ClientGone) {
            co_return attempted;
        }
        last = attempted.error();
        machine.failed(*last, retry_after);
    }
    co_return last ? *last : Error::internal("No model could be asked.");
}

net::Task<Result<void>> Executor::attempt(Answer& answer, bool judged, std::optional<Milliseconds>& retry_after) {
    UpstreamCall call(context_, answer.model, judged);
    auto ended = co_await call.open();
    retry_after = call.retry_after();
    context_.outcome.retry_after = retry_after;
    if (!ended) {
        const Error failed = ended.error();
        charge(answer.tier, call, std::nullopt, 0, &failed);
    } else if (context_.plan().request.stream) {
        ended = co_await read_stream(call, judged, answer);
    } else {
        ended = co_await read_whole(call, judged, answer);
    }
    context_.meters.count_attempt_duration(answer.model, now() - call.began_at());
    co_return ended;
}

std::size_t Executor::charge(config::TierId tier, const UpstreamCall& call, const std::optional<dialect::TokenUsage>& usage,
                             std::size_t answer_text_bytes, const Error* error) {
    dialect::TokenUsage tokens;
    ledger::UsageSource source = ledger::UsageSource::None;
    if (usage) {
        tokens = *usage;
        source = ledger::UsageSource::Provider;
    } else if (call.dispatched()) {
        tokens.prompt = context_.plan().features.prompt_tokens;
        tokens.completion = dialect::estimate_tokens(answer_text_bytes);
        source = ledger::UsageSource::Counted;
    }
    const ledger::Purpose purpose = error == nullptr ? ledger::Purpose::Answer : ledger::Purpose::Failed;
    std::string problem;
    if (error != nullptr) {
        problem = error->detail().empty() ? std::string(error->message()) : std::string(error->detail());
    }
    context_.outcome.attempt_errors.push_back(std::move(problem));
    return context_.outcome.bill.add(context_.snapshot(), call.model(), tier, purpose, source, tokens);
}

net::Task<Result<void>> Executor::read_whole(UpstreamCall& call, bool judged, Answer& answer) {
    const config::TierId tier = answer.tier;
    std::string& body = context_.scratch.body;
    body.clear();
    bool last = false;
    while (!last) {
        // Most answers arrive with their head.
        auto batch = call.body_at_hand();
        if (!batch) {
            batch = co_await call.read(SteadyTime::max());
        }
        if (batch->has_error()) {
            const Error failed = batch->error();
            charge(tier, call, std::nullopt, body.size(), &failed);
            co_return failed;
        }
        for (const std::string_view piece : (*batch)->pieces) {
            body.append(piece);
        }
        last = (*batch)->last;
        if (body.size() > kAnswerBytesMax) {
            const Error failed =
                Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed", "The provider's answer is too large.");
            charge(tier, call, std::nullopt, body.size(), &failed);
            co_return failed;
        }
    }
    auto parsed = context_.scratch.answer_json.parse(body);
    const config::Model& model = context_.snapshot().model(call.model());
    auto content = parsed ? dialect::read_chat_answer(*parsed, context_.snapshot().provider(model.provider).name, judged)
                          : Result<dialect::ChatAnswer>(not_json(parsed.error(), call.ended_by_close()));
    if (!content) {
        const Error failed = content.error();
        charge(tier, call, std::nullopt, 0, &failed);
        co_return failed;
    }
    call.give_back();
    answer.content = std::move(*content);
    answer.charge = charge(tier, call, answer.content.usage, body.size(), nullptr);
    answer.relayed_headers = context_.relayed_headers;
    dialect::AnswerEdits wanted;
    wanted.model = context_.runtime->name_json(call.model());
    wanted.strip_logprobs = call.forced_logprobs();
    Scratch& scratch = context_.scratch;
    scratch.edits.clear();
    dialect::edit_answer(*parsed, wanted, scratch.edits);
    scratch.pieces.clear();
    scratch.edits.gather(body, scratch.pieces);
    answer.bytes.reserve(body.size() + wanted.model.size());
    for (const std::string_view piece : scratch.pieces) {
        answer.bytes.append(piece);
    }
    co_return Result<void>();
}

net::Task<Result<void>> Executor::read_stream(UpstreamCall& call, bool judged, Answer& answer) {
    const config::TierId tier = answer.tier;
    answer.relayed_headers = context_.relayed_headers;
    StreamRelay relay(context_, call, judged ? StreamMode::Hold : StreamMode::Relay, [this, &answer] {
        keepalive_->disarm();
        stream_committed_ = true;
        context_.outcome.model = answer.model;
        context_.outcome.tier = answer.tier;
        begin_stream(false);
    });
    auto ended = co_await relay.run();
    const dialect::ChatAnswer& content = relay.reader().answer();
    if (!ended) {
        const Error failed = ended.error();
        charge(tier, call, content.usage, relay.reader().answer_text_bytes(), &failed);
        co_return failed;
    }
    answer.relayed = relay.committed();
    answer.content = content;
    answer.charge = charge(tier, call, content.usage, relay.reader().answer_text_bytes(), nullptr);
    answer.bytes = std::move(relay.pending());
    answer.usage_chunk = std::move(relay.usage_chunk());
    co_return Result<void>();
}

net::Task<Result<void>> Executor::decide(Answer*& answer) {
    const Answer& draft = *answer;
    const Plan& plan = context_.plan();
    const policy::CascadePlan& cascade = *plan.route->cascade;
    Outcome& outcome = context_.outcome;
    outcome.judgement = cascade::judge(draft.content, cascade::expectation_of(plan.request));
    if (outcome.judgement->confidence >= cascade.below) {
        co_return Result<void>();
    }
    policy::ClimbRequest climb;
    climb.request_class = plan.route->request_class;
    climb.from = draft.tier;
    climb.to = cascade.to;
    climb.why = policy::ClimbReason::LowConfidence;
    climb.request_ceiling = plan.ceiling;
    const policy::Approval approval = policy::approve(context_.snapshot(), *plan.principal, climb, now());
    outcome.ask({climb.from, climb.to, policy::name_of(climb.why), approval});
    if (!approval.approved) {
        if (context_.snapshot().request_class(climb.request_class).on_denied == config::OnDenied::Reject) {
            outcome.bill.set_purpose(draft.charge, ledger::Purpose::Draft);
            co_return Error::downstream(
                ErrorKind::EscalationDenied, "escalation_not_approved",
                "The answer of the bound tier is not good enough, and the policy does not approve a higher one (" +
                    std::string(approval.reason) + ").");
        }
        co_return Result<void>();
    }
    // Whose answer this becomes is not known before the higher tier has answered.
    Answer& better = context_.scratch.better_answer;
    auto tried = co_await try_tier(cascade.to, cascade.targets, false, better);
    if (tried || stream_committed_ || tried.error().kind() == ErrorKind::ClientGone) {
        outcome.bill.set_purpose(draft.charge, ledger::Purpose::Draft);
        answer = &better;
        co_return tried;
    }
    // The judged draft is better than an error.
    outcome.escalation_reason = "higher_tier_failed";
    context_.relayed_headers = draft.relayed_headers;
    co_return Result<void>();
}

void Executor::fill_headers(bool final) {
    net::HeaderBlock& headers = context_.scratch.headers;
    const DisclosureInput input{context_.snapshot(),     context_.id.view(), context_.plan(), context_.outcome, final,
                                context_.overhead(now())};
    add_disclosure(input, headers);
    headers.add_all(context_.relayed_headers);
}

void Executor::begin_stream(bool final) {
    if (std::exchange(stream_begun_, true)) {
        return;
    }
    net::HeaderBlock& headers = context_.scratch.headers;
    headers.clear();
    headers.add("Content-Type", "text/event-stream");
    headers.add("Cache-Control", "no-cache");
    fill_headers(final);
    context_.outcome.status = 200;
    context_.exchange.begin_stream(200, headers);
}

net::Task<> Executor::send_answer(Answer& answer) {
    Outcome& outcome = context_.outcome;
    outcome.model = answer.model;
    outcome.tier = answer.tier;
    outcome.upstream_model = answer.content.model;
    context_.relayed_headers = answer.relayed_headers;
    if (context_.plan().request.stream) {
        co_await send_stream_rest(answer);
        co_return;
    }
    net::HeaderBlock& headers = context_.scratch.headers;
    headers.clear();
    headers.add("Content-Type", "application/json");
    fill_headers(true);
    const std::array<std::string_view, 1> pieces{answer.bytes};
    const std::span<const std::string_view> body(pieces);
    outcome.status = 200;
    const bool sent = co_await context_.exchange.respond(200, headers, body);
    if (!sent) {
        outcome.error = Error::downstream(ErrorKind::ClientGone, "client_gone", "The client left.");
    }
}

net::Task<> Executor::send_stream_rest(Answer& answer) {
    begin_stream(true);
    const DisclosureInput input{context_.snapshot(),     context_.id.view(), context_.plan(), context_.outcome, true,
                                context_.overhead(now())};
    const std::string disclosure = disclosure_object(input);
    std::string rest = std::move(answer.bytes);
    if (answer.usage_chunk.empty()) {
        rest += ": tierway " + disclosure + "\n\n";
    } else {
        // The usage chunk is an object with members, so its last byte but white space is the closing brace.
        const std::size_t brace = answer.usage_chunk.rfind('}');
        rest.append("data: ").append(answer.usage_chunk, 0, brace).append(R"(,"tierway":)").append(disclosure).append("}\n\n");
    }
    rest += "data: [DONE]\n\n";
    const std::array<std::string_view, 1> pieces{rest};
    const std::span<const std::string_view> span(pieces);
    bool sent = co_await context_.exchange.write(span);
    if (sent) {
        sent = co_await context_.exchange.finish();
    }
    if (!sent) {
        context_.outcome.error = Error::downstream(ErrorKind::ClientGone, "client_gone", "The client left.");
    }
}

}  // namespace tierway::gateway
