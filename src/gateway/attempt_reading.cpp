#include <utility>

#include "gateway/answer_problem.hpp"
#include "gateway/executor.hpp"
#include "gateway/redaction.hpp"
#include "gateway/stream_relay.hpp"
#include "tierway/dialect/native_edits.hpp"
#include "tierway/dialect/provider_codec.hpp"
#include "tierway/dialect/token_estimate.hpp"

namespace tierway::gateway {
namespace {

/// Bound on a whole answer.
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 20U;

/// What broke was the provider's side, not the request or the client.
bool is_breakdown(const Error& error) noexcept {
    switch (error.kind()) {
        case ErrorKind::UpstreamUnavailable:
        case ErrorKind::UpstreamTimeout:
        case ErrorKind::UpstreamStalled:
        case ErrorKind::UpstreamTruncated:
        case ErrorKind::UpstreamMalformed:
            return true;
        default:
            return false;
    }
}

}  // namespace

const config::Provider& Executor::provider_of(const UpstreamCall& call) const {
    const config::Snapshot& snapshot = context_.snapshot();
    return snapshot.provider(snapshot.model(call.model()).provider);
}

const Secret& Executor::credential(const UpstreamCall& call) const {
    return provider_of(call).api_key;
}

std::size_t Executor::charge(config::TierId tier, const UpstreamCall& call, const dialect::ChatAnswer* content,
                             std::size_t answer_text_bytes, const Error* error) {
    dialect::TokenUsage tokens;
    ledger::UsageSource source = ledger::UsageSource::None;
    if (content != nullptr && content->usage) {
        tokens = *content->usage;
        source = ledger::UsageSource::Provider;
    } else if (call.dispatched() && answer_text_bytes > 0) {
        tokens.prompt = context_.plan().prompt.of(call.model()).expected;
        tokens.completion = context_.plan().embeddings ? 0 : dialect::estimate_tokens(answer_text_bytes);
        source = ledger::UsageSource::Counted;
    } else if (call.dispatched()) {
        // The provider may have written all that it was allowed to. What is not known is not given back, or whoever leaves just
        // before the answer arrives would have it for its prompt's price.
        decision::Plan& plan = context_.plan();
        tokens.prompt = plan.prompt.of(call.model()).at_most;
        tokens.completion = decision::output_tokens_bound(context_.snapshot(), call.model(), plan) * plan.request.choices;
        source = ledger::UsageSource::Estimated;
    }
    // A provider may serve in another lane than was asked for, and says so; else the one that was asked for is billed.
    const bool is_told = content != nullptr && !content->service_tier.empty();
    const config::ServiceTier service =
        config::service_tier_named(is_told ? content->service_tier : context_.plan().request.service_tier);
    const ledger::Purpose purpose = error == nullptr ? ledger::Purpose::Answer : ledger::Purpose::Failed;
    std::string problem;
    if (error != nullptr) {
        problem = error->detail().empty() ? std::string(error->message()) : std::string(error->detail());
    }
    if (source == ledger::UsageSource::Provider && error == nullptr) {
        learn(call.model(), tokens.prompt);
    }
    context_.outcome.attempt_errors.push_back(std::move(problem));
    if (context_.trace.is_recorded()) {
        TracedAttempt traced = traced_attempt(call.span(), call.began_at(), std::chrono::steady_clock::now(), content, error);
        traced.first_content_at = call.first_content_at();
        context_.outcome.traced.push_back(std::move(traced));
    }
    context_.outcome.attempt_numbers.push_back(attempt_number_);
    context_.outcome.attempt_codes.push_back(error == nullptr ? "ok" : error->code());
    return context_.outcome.bill.add(context_.snapshot(), call.model(), tier, purpose, source, tokens, service);
}

void Executor::learn(config::ModelId model, std::int64_t prompt_tokens) {
    const decision::Plan& plan = context_.plan();
    const dialect::ChatRequest& request = plan.request;
    const std::int64_t estimated = plan.prompt.size().text_tokens;
    // What is no text has a size that nobody knows, a continuation's prompt is not the request's, and inputs of embeddings may be
    // tokens.
    const bool is_text = !plan.embeddings && !request.has_image && !request.has_audio && !request.has_file;
    if (!is_text || !prefill_.empty() || estimated <= 0 || prompt_tokens <= 0) {
        return;
    }
    const ledger::PromptTokens guessed = context_.plan().prompt.of(model);
    context_.meters.count_token_estimate(model, guessed, prompt_tokens);
    context_.runtime->tokens().learn(model, estimated, prompt_tokens);
}

net::Task<Result<void>> Executor::read_whole(UpstreamCall& call, bool judged, Answer& answer) {
    const config::TierId tier = answer.tier;
    Scratch& scratch = context_.scratch;
    std::string& body = scratch.body;
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
            charge(tier, call, nullptr, 0, &failed);
            co_return failed;
        }
        for (const std::string_view piece : (*batch)->pieces) {
            body.append(piece);
        }
        last = (*batch)->last;
        if (body.size() > kAnswerBytesMax) {
            const Error failed =
                Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed", "The provider's answer is too large.");
            charge(tier, call, nullptr, 0, &failed);
            co_return failed;
        }
    }
    if (context_.plan().embeddings) {
        co_return read_embeddings(call, answer);
    }
    auto parsed = scratch.answer_json.parse(body);
    wire::JsonValue chat;
    auto content = parsed ? read_content(call, *parsed, judged, chat)
                          : Result<dialect::ChatAnswer>(not_json(parsed.error(), call.ended_by_close()));
    if (!content) {
        const Error failed = without_secret(content.error(), credential(call));
        charge(tier, call, nullptr, 0, &failed);
        co_return failed;
    }
    call.give_back();
    answer.content = std::move(*content);
    answer.charge = charge(tier, call, &answer.content, body.size(), nullptr);
    answer.relayed_headers = context_.relayed_headers;
    write_answer(call, *parsed, chat, answer.bytes);
    co_return Result<void>();
}

Result<dialect::ChatAnswer> Executor::read_content(const UpstreamCall& call, const wire::JsonValue& body, bool judged,
                                                   wire::JsonValue& chat) {
    const std::string_view provider = provider_of(call).name;
    if (call.dialect() == dialect::Dialect::Chat) {
        chat = body;
        return dialect::read_chat_answer(body, provider, judged);
    }
    auto translated = dialect::chat_answer_of(call.dialect(), body, provider, reply_defaults());
    if (!translated) {
        return translated.error();
    }
    context_.scratch.chat_body = std::move(*translated);
    const auto parsed = context_.scratch.chat_json.parse(context_.scratch.chat_body);
    if (!parsed) {
        return parsed.error();
    }
    chat = *parsed;
    return dialect::read_chat_answer(chat, provider, judged);
}

void Executor::write_answer(const UpstreamCall& call, const wire::JsonValue& native, const wire::JsonValue& chat,
                            std::string& bytes) {
    Scratch& scratch = context_.scratch;
    const dialect::Dialect door = context_.door().door();
    const bool is_chat = call.dialect() == dialect::Dialect::Chat;
    const std::string_view model = context_.runtime->name_json(call.model());
    scratch.edits.clear();
    if (call.dialect() == door && !is_chat) {
        dialect::edit_native_answer(native, model, scratch.edits);
        scratch.edits.append_edited(scratch.body, bytes);
        return;
    }
    dialect::AnswerEdits wanted;
    wanted.model = model;
    wanted.strip_logprobs = call.forced_logprobs();
    dialect::edit_answer(chat, wanted, scratch.edits);
    if (is_chat && has_content_parts(call)) {
        scratch.notes.texts.clear();
        dialect::edit_content_parts(chat, scratch.edits, scratch.notes.texts);
    }
    const std::string& text = is_chat ? scratch.body : scratch.chat_body;
    if (door == dialect::Dialect::Chat) {
        scratch.edits.append_edited(text, bytes);
        return;
    }
    std::string edited;
    scratch.edits.append_edited(text, edited);
    if (const auto parsed = scratch.chat_json.parse(edited)) {
        bytes = dialect::write_door_answer(door_terms(call), *parsed);
    }
}

bool Executor::has_content_parts(const UpstreamCall& call) const {
    const dialect::ChatCompatibility* const vendor = context_.runtime->chat_rules_of(call.model()).vendor;
    return vendor != nullptr && vendor->content_parts;
}

dialect::ReplyDefaults Executor::reply_defaults() const {
    const auto created = std::chrono::duration_cast<std::chrono::seconds>(context_.wall_time.time_since_epoch());
    return {"chatcmpl-" + std::string(context_.id.view()), created.count()};
}

dialect::DoorTerms Executor::door_terms(const UpstreamCall& call) const {
    dialect::DoorTerms terms;
    terms.door = context_.door().door();
    if (terms.door != dialect::Dialect::Chat) {
        terms.id = context_.id.view();
        terms.model = context_.snapshot().model(call.model()).name;
        terms.echo = context_.door().echo();
        terms.include_usage = context_.door().includes_usage();
    }
    return terms;
}

StreamSettings Executor::stream_settings(const UpstreamCall& call, bool judged) const {
    const config::Snapshot& snapshot = context_.snapshot();
    const decision::Plan& plan = context_.plan();
    const config::RequestClass& request_class = snapshot.request_class(plan.route->request_class);
    StreamSettings settings;
    settings.mode = judged                                        ? StreamMode::Hold
                    : plan.recovery == config::Recovery::Buffered ? StreamMode::Buffer
                                                                  : StreamMode::Relay;
    settings.buffer_bytes_max = request_class.buffer_bytes_max;
    settings.timeouts = call.timeouts();
    settings.model_json = context_.runtime->name_json(call.model());
    settings.provider_name = provider_of(call).name;
    settings.upstream = call.dialect();
    settings.content_parts = settings.upstream == dialect::Dialect::Chat && has_content_parts(call);
    if (settings.upstream != dialect::Dialect::Chat) {
        settings.reply = reply_defaults();
    }
    settings.door = door_terms(call);
    settings.include_usage = plan.request.include_usage;
    settings.strip_logprobs = call.forced_logprobs();
    settings.keep_text = plan.recovery == config::Recovery::Continue && !settings.is_native();
    settings.continues = !prefill_.empty();
    return settings;
}

net::Task<Result<void>> Executor::read_stream(UpstreamCall& call, bool judged, Answer& answer) {
    answer.relayed_headers = context_.relayed_headers;
    StreamMachine stream(stream_settings(call, judged), context_.scratch.answer_json, delivered_,
                         std::chrono::steady_clock::now());
    StreamHooks hooks;
    hooks.content = [this, &call] {
        const SteadyTime begun_at = std::chrono::steady_clock::now();
        call.note_content(begun_at);
        machine_.answering(begun_at);
    };
    hooks.commit = [this, &answer] { client_.commit(answer.model, answer.tier); };
    StreamRelay relay(context_, call, stream, std::move(hooks), context_.active_drains);
    auto ended = co_await relay.run();
    context_.meters.count_malformed_events(call.model(), stream.malformed());
    const dialect::ChatAnswer& content = stream.reader().answer();
    if (!ended) {
        const Error failed = without_secret(ended.error(), credential(call));
        charge(answer.tier, call, &content, stream.reader().answer_text_bytes(), &failed);
        delivered_.door_stream = std::move(stream.door_stream());
        co_return failed;
    }
    answer.content = content;
    answer.charge = charge(answer.tier, call, &content, stream.reader().answer_text_bytes(), nullptr);
    answer.bytes = std::move(stream.pending());
    answer.usage_chunk = std::move(stream.usage_chunk());
    answer.last_event = std::move(stream.last_event());
    answer.door_stream = std::move(stream.door_stream());
    co_return Result<void>();
}

bool Executor::can_continue(const Error& broken) const {
    const dialect::ChatRequest& request = context_.plan().request;
    return context_.plan().recovery == config::Recovery::Continue && is_breakdown(broken) && delivered_.text_only &&
           !delivered_.text.empty() && request.choices == 1 && !request.logprobs && !request.wants_json_schema() &&
           !request.wants_json_object;
}

net::Task<Result<void>> Executor::continue_elsewhere(Error broken, config::TierId tier,
                                                     const std::vector<config::ModelId>& targets, Answer& answer) {
    std::vector<config::ModelId> prefilling;
    for (const config::ModelId model : targets) {
        if (context_.snapshot().model(model).capabilities.prefill) {
            prefilling.push_back(model);
        }
    }
    if (prefilling.empty() || !can_continue(broken)) {
        co_return broken;
    }
    machine_.begin_tier(prefilling);
    limited_noted_ = 0;
    const upstream::Step step = machine_.next(std::chrono::steady_clock::now());
    const bool asks = step.kind == upstream::Step::Kind::Ask;
    const Usd estimate =
        asks ? decision::attempt_estimate(context_.snapshot(), step.model, context_.plan(), delivered_.text.size()) : Usd();
    if (asks && !may_cost(estimate)) {
        machine_.declined(std::chrono::steady_clock::now());
        ++context_.outcome.attempts_declined;
        co_return broken;
    }
    note_limited(asks ? std::optional(step.model) : std::nullopt);
    if (!asks) {
        co_return broken;
    }
    attempt_number_ = ++context_.outcome.attempts_opened;
    if (context_.ledger.keeps()) {
        auto reserved = co_await reserve(tier, step.model, estimate);
        if (!reserved) {
            co_return reserved.error().kind() == ErrorKind::ClientGone ? reserved : Result<void>(broken);
        }
    }
    prefill_ = delivered_.text;
    ++context_.outcome.fallbacks;
    context_.meters.count_fallback(answer.model, step.model, broken.code());
    answer.begin(step.model, tier);
    auto continued = co_await attempt(answer, false);
    prefill_.clear();
    const bool refused = !continued && continued.error().kind() != ErrorKind::ClientGone;
    co_return refused ? Result<void>(broken) : continued;
}

}  // namespace tierway::gateway
