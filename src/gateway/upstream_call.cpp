#include "gateway/upstream_call.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "tierway/dialect/upstream_request.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::gateway {
namespace {

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

/// Headers of a provider's answer that clients read; everything else is the provider's business with us.
/// \param limited whether the client has rate limits of its own: the provider's then say nothing to it.
bool is_relayed(std::string_view name, bool limited) {
    return (!limited && wire::starts_with_ignoring_case(name, "x-ratelimit-")) || wire::starts_with_ignoring_case(name, "openai-") ||
           wire::equals_ignoring_case(name, "x-simulated");
}

}  // namespace

UpstreamCall::UpstreamCall(RequestContext& context, config::ModelId model, bool judged, std::string_view prefill)
    : context_(context),
      model_(model),
      timeouts_(context.snapshot().timeouts(model, context.plan().route->request_class)),
      prefill_(prefill),
      link_(context.exchange.worker(), context.runtime->origin_of(model)),
      began_at_(now()),
      total_deadline_(began_at_ + (context.plan().request.stream ? timeouts_.total_stream : timeouts_.total_whole)),
      forced_logprobs_(judged && !context.plan().request.logprobs && context.snapshot().model(model).capabilities.logprobs) {
    const config::Provider& provider = context.snapshot().provider(context.snapshot().model(model).provider);
    context.active = &link_;
    context.active_drains = provider.when_client_leaves == config::WhenClientLeaves::Drain;
}

UpstreamCall::~UpstreamCall() {
    context_.active = nullptr;
}

CallLimits UpstreamCall::limits() const noexcept {
    return {timeouts_.connect, timeouts_.headers, timeouts_.idle, total_deadline_, context_.plan().request.stream};
}

void UpstreamCall::gather_request() {
    Scratch& scratch = context_.scratch;
    const dialect::ChatRequest& request = context_.plan().request;
    dialect::RequestEdits wanted;
    wanted.model = context_.runtime->upstream_name_json(model_);
    wanted.force_usage = request.stream && !request.include_usage;
    wanted.force_logprobs = forced_logprobs_;
    wanted.prefill = prefill_;
    scratch.output_limit.clear();
    if (const auto limit = decision::output_limit_to_write(context_.snapshot(), model_, context_.plan())) {
        const config::Provider& provider = context_.snapshot().provider(context_.snapshot().model(model_).provider);
        scratch.output_limit.append("\"").append(config::name_of(provider.output_limit_field)).append("\":");
        scratch.output_limit += std::to_string(*limit);
    }
    wanted.output_limit = scratch.output_limit;
    scratch.edits.clear();
    dialect::edit_request(request, wanted, scratch.edits);

    const std::string_view body = context_.exchange.body();
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), scratch.edits.edited_size(body.size())).ptr;
    scratch.request_tail.assign(digits.data(), end);
    scratch.request_tail += "\r\n";
    for (const std::string_view name : {"traceparent", "tracestate"}) {
        if (const std::string_view value = context_.exchange.fields().get(name); !value.empty()) {
            scratch.request_tail.append(name).append(": ").append(value).append("\r\n");
        }
    }
    scratch.request_tail += request.stream ? "Accept: text/event-stream\r\n\r\n" : "Accept: application/json\r\n\r\n";
    scratch.pieces.clear();
    scratch.pieces.push_back(context_.runtime->head_prefix_of(model_));
    scratch.pieces.push_back(scratch.request_tail);
    scratch.edits.gather(body, scratch.pieces);
}

net::Task<Result<void>> UpstreamCall::open() {
    gather_request();
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
    note_answer_headers();
    const unsigned status = link_.connection().head().status;
    if (status < 200 || status > 299) {
        auto refused = co_await read_refusal();
        co_return refused;
    }
    co_return Result<void>();
}

void UpstreamCall::note_answer_headers() {
    net::HeaderBlock& relayed = context_.relayed_headers;
    relayed.clear();
    const bool limited = context_.plan().principal->limits.any();
    for (const wire::HttpField& field : link_.connection().head().fields) {
        if (is_relayed(field.name, limited)) {
            relayed.add(field.name, field.value);
        } else if (wire::equals_ignoring_case(field.name, "x-request-id")) {
            relayed.add("x-tierway-upstream-request-id", field.value);
        }
    }
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
