#include "gateway/upstream_call.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <charconv>
#include <exception>
#include <string>
#include <utility>

#include "tierway/dialect/error_body.hpp"
#include "tierway/dialect/upstream_request.hpp"
#include "tierway/net/upstream_pool.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/upstream/retry_after.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::gateway {
namespace {

/// Of a provider's error body; what is longer is no error message.
constexpr std::size_t kRefusalBytesMax = std::size_t{64} * 1024;
/// How long the framing's last bytes may take before a connection is not worth keeping.
constexpr Milliseconds kDrainTime{1'000};

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

/// Headers of a provider's answer that clients read; everything else is the provider's business with us.
/// \param limited whether the client has rate limits of its own: the provider's then say nothing to it.
bool is_relayed(std::string_view name, bool limited) {
    return (!limited && wire::starts_with_ignoring_case(name, "x-ratelimit-")) || wire::starts_with_ignoring_case(name, "openai-") ||
           wire::equals_ignoring_case(name, "x-simulated");
}

net::Task<> drain(std::unique_ptr<net::UpstreamConnection> connection, net::Worker& worker) {
    auto batch = co_await connection->read_body(now() + kDrainTime);
    if (batch && batch->last) {
        worker.pool().give_back(std::move(connection));
    }
}

}  // namespace

UpstreamCall::UpstreamCall(RequestContext& context, config::ModelId model, bool judged, std::string_view prefill)
    : context_(context),
      model_(model),
      timeouts_(context.snapshot().timeouts(model, context.plan().route->request_class)),
      prefill_(prefill),
      began_at_(now()),
      total_deadline_(began_at_ + (context.plan().request.stream ? timeouts_.total_stream : timeouts_.total_whole)),
      forced_logprobs_(judged && !context.plan().request.logprobs && context.snapshot().model(model).capabilities.logprobs) {
    const config::Provider& provider = context.snapshot().provider(context.snapshot().model(model).provider);
    context.active_drains = provider.when_client_leaves == config::WhenClientLeaves::Drain;
}

UpstreamCall::~UpstreamCall() {
    context_.active = nullptr;
}

void UpstreamCall::adopt(std::unique_ptr<net::UpstreamConnection> connection) {
    connection_ = std::move(connection);
    context_.active = connection_.get();
}

bool UpstreamCall::take_pooled(SteadyTime now) {
    auto idle = context_.exchange.worker().pool().take_idle(context_.runtime->origin_of(model_), now);
    if (!idle) {
        return false;
    }
    adopt(std::move(idle));
    return true;
}

net::Task<Result<void>> UpstreamCall::connect() {
    adopt(std::make_unique<net::UpstreamConnection>(context_.exchange.worker(), context_.runtime->origin_of(model_)));
    const SteadyTime deadline = std::min(now() + timeouts_.connect, total_deadline_);
    auto connected = co_await connection_->connect(deadline);
    co_return connected;
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
    const SteadyTime waiting_since = began_at_;
    SteadyTime sent_at = began_at_;
    Result<void> opened = Result<void>();
    gather_request();
    const std::span<const std::string_view> pieces(context_.scratch.pieces);
    for (const bool fresh : {false, true}) {
        if (fresh || !take_pooled(waiting_since)) {
            opened = co_await connect();
            sent_at = now();
        }
        if (!opened) {
            break;
        }
        const SteadyTime headers_deadline = std::min(sent_at + timeouts_.headers, total_deadline_);
        opened = co_await connection_->send(pieces, headers_deadline);
        if (opened) {
            sent_ = true;
            // A whole answer comes with its head, when it is ready: only the total bounds it.
            const SteadyTime head_deadline = context_.plan().request.stream ? headers_deadline : total_deadline_;
            opened = co_await connection_->read_head(head_deadline);
        }
        const bool try_fresh = !opened && !fresh && opened.error().retry() == Retry::OnlyIfReused;
        if (!try_fresh) {
            break;
        }
        opened = Result<void>();
    }
    context_.outcome.upstream_wait += now() - waiting_since;
    // A provider that got the request and then stayed silent, or whose client left, may have worked for it.
    dispatched_ = sent_ && (opened.has_value() || opened.error().kind() == ErrorKind::ClientGone ||
                            opened.error().kind() == ErrorKind::UpstreamTimeout);
    if (!opened) {
        co_return opened;
    }
    note_answer_headers();
    if (connection_->head().status < 200 || connection_->head().status > 299) {
        note_retry_after();
        auto refused = co_await read_refusal();
        co_return refused;
    }
    co_return Result<void>();
}

void UpstreamCall::note_answer_headers() {
    net::HeaderBlock& relayed = context_.relayed_headers;
    relayed.clear();
    const bool limited = context_.plan().principal->limits.any();
    for (const wire::HttpField& field : connection_->head().fields) {
        if (is_relayed(field.name, limited)) {
            relayed.add(field.name, field.value);
        } else if (wire::equals_ignoring_case(field.name, "x-request-id")) {
            relayed.add("x-tierway-upstream-request-id", field.value);
        }
    }
}

void UpstreamCall::note_retry_after() {
    const wire::HttpFields& fields = connection_->head().fields;
    retry_after_ =
        upstream::read_retry_after(fields.get("retry-after"), fields.get("retry-after-ms"), std::chrono::system_clock::now());
}

net::Task<Result<void>> UpstreamCall::read_refusal() {
    dispatched_ = false;
    std::string& body = context_.scratch.body;
    body.clear();
    bool last = false;
    while (!last && body.size() < kRefusalBytesMax) {
        auto batch = co_await read(now() + timeouts_.idle);
        if (!batch) {
            break;
        }
        for (const std::string_view piece : batch->pieces) {
            body.append(piece);
        }
        last = batch->last;
    }
    const unsigned status = connection_->head().status;
    if (last) {
        give_back();
    }
    auto parsed = context_.scratch.answer_json.parse(body);
    const config::Model& model = context_.snapshot().model(model_);
    co_return dialect::error_from_provider(status, parsed ? *parsed : wire::JsonValue(),
                                           context_.snapshot().provider(model.provider).name);
}

net::Task<Result<net::BodyBatch>> UpstreamCall::read(SteadyTime deadline) {
    const SteadyTime waiting_since = now();
    auto batch = co_await connection_->read_body(std::min(deadline, total_deadline_));
    context_.outcome.upstream_wait += now() - waiting_since;
    co_return batch;
}

void UpstreamCall::give_back() {
    context_.active = nullptr;
    context_.exchange.worker().pool().give_back(std::move(connection_));
}

void UpstreamCall::give_back_when_drained() {
    context_.active = nullptr;
    if (connection_) {
        net::Worker& worker = context_.exchange.worker();
        boost::asio::co_spawn(worker.executor(), drain(std::move(connection_), worker), [](const std::exception_ptr&) {});
    }
}

}  // namespace tierway::gateway
