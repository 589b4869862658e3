#include "gateway/upstream_call.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "gateway/provider_dialect.hpp"
#include "gateway/relayed_fields.hpp"
#include "gateway/request_signing.hpp"
#include "gateway/translated_request.hpp"
#include "gateway/upstream_head.hpp"
#include "tierway/base/json_text.hpp"
#include "tierway/dialect/native_edits.hpp"
#include "tierway/dialect/upstream_request.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::gateway {
namespace {

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

const config::Provider& provider_of(const RequestContext& context, config::ModelId model) {
    return context.snapshot().provider(context.snapshot().model(model).provider);
}

/// What a call is worded in: the provider's dialect, but Responses where it serves them too and the client speaks them or the model
/// takes them alone.
dialect::Dialect call_dialect(const RequestContext& context, config::ModelId model) {
    if (context.scratch.plan.embeddings) {
        return dialect::Dialect::Chat;  // OpenAI's own words, which pass as they are.
    }
    const bool native = provider_of(context, model).responses && context.scratch.door.door() == dialect::Dialect::Responses;
    return native ? dialect::Dialect::Responses
                  : wire_dialect(context.snapshot().dialect_of(model, context.scratch.plan.request.has_tools));
}

/// Whether client and provider speak the same dialect, in which the gateway does not think: what they say passes as it is.
bool passes_untouched(const RequestContext& context, dialect::Dialect dialect) {
    return dialect != dialect::Dialect::Chat && dialect == context.scratch.door.door();
}

}  // namespace

UpstreamCall::UpstreamCall(RequestContext& context, config::ModelId model, bool judged, std::string_view prefill)
    : context_(context),
      model_(model),
      timeouts_(context.snapshot().timeouts(model, context.plan().route->request_class)),
      dialect_(call_dialect(context, model)),
      prefill_(prefill),
      link_(context.exchange.worker(), context.runtime->origin_of(model)),
      began_at_(now()),
      total_deadline_(began_at_ + (context.plan().request.stream ? timeouts_.total_stream : timeouts_.total_whole)),
      span_(context.trace.next_span()),
      forced_logprobs_(judged && !context.plan().request.logprobs && !passes_untouched(context, dialect_) &&
                       context.snapshot().model(model).capabilities.logprobs) {
    context.active = &link_;
    context.active_drains = provider_of(context, model).when_client_leaves == config::WhenClientLeaves::Drain;
}

UpstreamCall::~UpstreamCall() {
    context_.active = nullptr;
}

CallLimits UpstreamCall::limits() const noexcept {
    return {timeouts_.connect, timeouts_.headers, timeouts_.idle, total_deadline_, context_.plan().request.stream};
}

Result<void> UpstreamCall::gather_request() {
    dialect::Omissions& dropped = context_.outcome.dropped;
    dropped.clear();
    if (context_.plan().embeddings) {
        gather_embeddings_body();
        return {};
    }
    // Bytes that pass as they are have no place for what the class orders.
    const decision::ThinkingTerms ordered = thinking();
    const bool reworded = !ordered.empty() && context_.door().only_native().empty();
    if (passes_untouched(context_, dialect_) && !reworded) {
        gather_native_body();
        return {};
    }
    dropped = context_.door().omitted();
    if (dialect_ == dialect::Dialect::Chat) {
        const dialect::Omissions& unworded = context_.door().omissions();
        dropped.insert(dropped.end(), unworded.begin(), unworded.end());
        gather_chat_body(ordered);
        return {};
    }
    return gather_translated_body(ordered);
}

decision::ThinkingTerms UpstreamCall::thinking() const {
    const config::Snapshot& snapshot = context_.snapshot();
    const decision::Plan& plan = context_.plan();
    return decision::thinking_terms(snapshot.request_class(plan.route->request_class), snapshot.model(model_), plan.request.effort);
}

std::string_view UpstreamCall::output_limit_member(std::string_view field) {
    std::string& member = context_.scratch.output_limit;
    member.clear();
    if (const auto limit = decision::output_limit_to_write(context_.snapshot(), model_, context_.plan())) {
        member.append("\"").append(field).append("\":").append(std::to_string(*limit));
    }
    return member;
}

void UpstreamCall::gather_chat_body(const decision::ThinkingTerms& ordered) {
    const dialect::ChatRequest& request = context_.plan().request;
    std::string& prefill = context_.scratch.prefill;
    prefill.clear();
    if (!prefill_.empty()) {
        prefill = R"(,{"role":"assistant","content":)";
        append_json_string(prefill, prefill_);
        prefill += '}';
    }
    dialect::RequestEdits wanted;
    wanted.model = context_.runtime->upstream_name_json(model_);
    wanted.force_usage = request.stream && !request.include_usage;
    wanted.force_logprobs = forced_logprobs_;
    wanted.prefill = prefill;
    wanted.output_limit = output_limit_member(config::name_of(provider_of(context_, model_).output_limit_field));
    Scratch& scratch = context_.scratch;
    scratch.edits.clear();
    scratch.notes.clear();
    dialect::ChatRules rules = context_.runtime->chat_rules_of(model_);
    rules.effort_default = ordered.effort;
    rules.effort_forced = ordered.forced;
    dialect::edit_request(request, wanted, rules, scratch.edits, scratch.notes);
    dialect::Omissions& dropped = context_.outcome.dropped;
    dropped.insert(dropped.end(), scratch.notes.omissions.begin(), scratch.notes.omissions.end());
    gather(context_.body());
}

void UpstreamCall::gather_native_body() {
    const DoorRequest& door = context_.door();
    context_.scratch.edits.clear();
    dialect::edit_native_request(door.native(), context_.runtime->upstream_name_json(model_),
                                 output_limit_member(dialect::output_limit_field_of(dialect_)), context_.scratch.edits);
    gather(door.native_body());
}

void UpstreamCall::gather_embeddings_body() {
    context_.scratch.edits.clear();
    context_.scratch.edits.replace(context_.plan().request.model.range(), context_.runtime->upstream_name_json(model_));
    gather(context_.body());
}

Result<void> UpstreamCall::gather_translated_body(const decision::ThinkingTerms& ordered) {
    decision::Plan& plan = context_.plan();
    const auto conversation = context_.door().conversation(plan.request);
    if (!conversation) {
        return conversation.error();
    }
    ConversationTerms terms;
    terms.logprobs = forced_logprobs_;
    terms.prefill = prefill_;
    terms.output_tokens_max = decision::output_limit_to_write(context_.snapshot(), model_, plan);
    terms.thinking = ordered;
    const dialect::ModelRules rules =
        model_rules(context_.snapshot().model(model_), decision::output_tokens_bound(context_.snapshot(), model_, plan));
    auto body = write_translated(**conversation, terms, dialect_, rules, context_.outcome.dropped);
    if (!body) {
        return body.error();
    }
    context_.scratch.request_body = std::move(*body);
    context_.scratch.edits.clear();
    gather(context_.scratch.request_body);
    return {};
}

void UpstreamCall::append_client_headers(std::string& head) const {
    const wire::HttpFields& fields = context_.exchange.fields();
    const auto pass = [&](std::string_view name) {
        const std::string_view value = fields.get(name);
        if (!value.empty()) {
            head.append(name).append(": ").append(value).append("\r\n");
        }
        return !value.empty();
    };
    context_.trace.append_fields(provider_of(context_, model_), span_, head);
    if (dialect_ != dialect::Dialect::Anthropic) {
        return;
    }
    // A client of the same dialect chooses its version and what it tries of what is new; what we write ourselves is of the old one.
    const bool native = passes_untouched(context_, dialect_);
    if (native) {
        pass("anthropic-beta");
    }
    if (!native || !pass("anthropic-version")) {
        append_provider_fields(provider_of(context_, model_), dialect_, head);
    }
}

void UpstreamCall::gather(std::string_view body) {
    Scratch& scratch = context_.scratch;
    const bool streamed = context_.plan().request.stream;
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), scratch.edits.edited_size(body.size())).ptr;
    scratch.request_tail.assign(digits.data(), end);
    scratch.request_tail += "\r\n";
    append_client_headers(scratch.request_tail);
    const Runtime::Address& address = context_.runtime->address_of(model_, dialect_, streamed);
    if (const config::Provider& provider = provider_of(context_, model_); !provider.aws.empty()) {
        append_signature(provider, address.target, body, std::chrono::system_clock::now(), scratch.request_tail);
    }
    scratch.request_tail += streamed ? "Accept: text/event-stream\r\n\r\n" : "Accept: application/json\r\n\r\n";
    scratch.pieces.clear();
    scratch.pieces.push_back(address.head);
    scratch.pieces.push_back(scratch.request_tail);
    scratch.edits.gather(body, scratch.pieces);
}

net::Task<Result<void>> UpstreamCall::open() {
    auto gathered = gather_request();
    if (!gathered) {
        co_return gathered;
    }
    const std::span<const std::string_view> pieces(context_.scratch.pieces);
    const CallLimits within = limits();
    auto opened = co_await link_.open(pieces, within);
    context_.outcome.upstream_wait += now() - began_at_;
    // A provider that got the request and then stayed silent, or whose client left, may have worked for it.
    dispatched_ = link_.sent() && (opened.has_value() || opened.error().kind() == ErrorKind::ClientGone ||
                                   opened.error().kind() == ErrorKind::UpstreamTimeout);
    if (!opened) {
        co_return opened;
    }
    relay_provider_fields(context_, link_.connection().head().fields);
    const unsigned status = link_.connection().head().status;
    if (status < 200 || status > 299) {
        auto refused = co_await read_refusal();
        co_return refused;
    }
    co_return Result<void>();
}

net::Task<Result<void>> UpstreamCall::read_refusal() {
    dispatched_ = false;
    const SteadyTime waiting_since = now();
    const config::Model& model = context_.snapshot().model(model_);
    const std::string_view provider = context_.snapshot().provider(model.provider).name;
    const CallLimits within = limits();
    Refusal refusal = co_await link_.read_refusal(provider, within, context_.scratch.body, context_.scratch.answer_json);
    context_.outcome.upstream_wait += now() - waiting_since;
    retry_after_ = refusal.retry_after;
    co_return refusal.error;
}

net::Task<Result<net::BodyBatch>> UpstreamCall::read(SteadyTime deadline) {
    const SteadyTime waiting_since = now();
    auto batch = co_await link_.connection().read_body(std::min(deadline, total_deadline_));
    context_.outcome.upstream_wait += now() - waiting_since;
    co_return batch;
}

}  // namespace tierway::gateway
