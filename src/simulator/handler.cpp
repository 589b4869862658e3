#include "simulator/handler.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "simulator/draws.hpp"
#include "simulator/model_list.hpp"
#include "simulator/recorded_answer.hpp"
#include "simulator/status_fault.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::simulator {
namespace {

constexpr std::chrono::minutes kSilenceMax{10};
constexpr std::size_t kFaultUsesMax = 1024;
constexpr std::size_t kRequestsShown = 10;
constexpr std::string_view kJson = "application/json";
/// Directives for whoever talks to the simulator itself; the gateway consumes all `x-tierway-*` fields.
constexpr std::string_view kFaultField = "x-tierway-simulate-fault";
constexpr std::string_view kEventStream = "text/event-stream; charset=utf-8";

/// What an answer says of the lane it was served in (WIRE.md section 1.1): `fast` comes back as `priority`.
std::string lane_of(const ChatInput& input) {
    if (input.service_tier == "fast") {
        return "priority";
    }
    return input.service_tier.empty() || input.service_tier == "auto" ? "default" : input.service_tier;
}

std::int64_t unix_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::uint64_t unix_milliseconds() {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<Milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
}

std::vector<std::string> names_of(const std::vector<ModelProfile>& models) {
    std::vector<std::string> names;
    for (const ModelProfile& model : models) {
        names.push_back(model.name);
    }
    return names;
}

Nanoseconds pace_of(const ModelProfile& model, const Faults& faults) {
    if (faults.pace) {
        return *faults.pace;
    }
    return Nanoseconds(model.tokens_per_second > 0.0 ? static_cast<std::int64_t>(1e9 / model.tokens_per_second) : 0);
}

Error route_not_found() {
    return Error::downstream(ErrorKind::RouteNotFound, "route_not_found",
                             "The simulator serves POST /v1/chat/completions, GET /v1/models[/{id}], GET /simulator/stats and "
                             "GET /simulator/requests?last=N.");
}

Error wrong_method(std::string_view needed) {
    return Error::downstream(ErrorKind::MethodNotAllowed, "method_not_allowed", "Use " + std::string(needed) + " for this path.");
}

}  // namespace

SimulatorHandler::SimulatorHandler(std::vector<ModelProfile> models, std::optional<Recordings> recordings)
    : models_(std::move(models)), recordings_(std::move(recordings)), log_(names_of(models_)), started_at_(unix_seconds()) {}

net::Task<> SimulatorHandler::handle(net::Exchange& exchange) {
    if (exchange.receive_error()) {
        const Error error = *exchange.receive_error();
        co_await send_error(exchange, error);
        co_return;
    }
    const std::string_view target = exchange.target();
    const std::size_t question = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, question);
    const std::string_view query = target.substr(std::min(question + 1, target.size()));
    if (path.starts_with("/simulator/")) {
        co_await handle_own(exchange, path, query);
        co_return;
    }
    log_.add(exchange.method(), target, exchange.fields(), exchange.body());
    if (path == "/v1/chat/completions") {
        co_await handle_chat(exchange);
    } else if (path == "/v1/models" || path.starts_with("/v1/models/")) {
        co_await handle_models(exchange, path);
    } else {
        const Error error = route_not_found();
        co_await send_error(exchange, error);
    }
}

net::Task<> SimulatorHandler::handle_own(net::Exchange& exchange, std::string_view path, std::string_view query) {
    const net::HeaderBlock headers = headers_for(kJson);
    if (exchange.method() != "GET") {
        const Error error = wrong_method("GET");
        co_await send_error(exchange, error);
        co_return;
    }
    std::string body;
    if (path == "/simulator/stats") {
        body = log_.stats_json();
    } else if (path == "/simulator/requests") {
        constexpr std::string_view kLast = "last=";
        std::size_t count = kRequestsShown;
        if (query.starts_with(kLast)) {
            std::from_chars(query.data() + kLast.size(), query.data() + query.size(), count);
        }
        body = log_.requests_json(count);
    } else {
        const Error error = route_not_found();
        co_await send_error(exchange, error);
        co_return;
    }
    co_await send_json(exchange, 200, headers, body);
}

net::Task<> SimulatorHandler::handle_models(net::Exchange& exchange, std::string_view path) {
    if (exchange.method() != "GET") {
        const Error error = wrong_method("GET");
        co_await send_error(exchange, error);
        co_return;
    }
    constexpr std::string_view kList = "/v1/models";
    std::string body;
    if (path == kList) {
        body = model_list_json(models_, started_at_);
    } else {
        const ModelProfile* model = find_model(path.substr(kList.size() + 1));
        if (model == nullptr) {
            const Error error =
                Error::downstream(ErrorKind::ModelNotFound, "model_not_found", "The simulator has no such model.");
            co_await send_error(exchange, error);
            co_return;
        }
        body = model_json(model->name, started_at_);
    }
    const net::HeaderBlock headers = headers_for(kJson);
    co_await send_json(exchange, 200, headers, body);
}

net::Task<> SimulatorHandler::handle_chat(net::Exchange& exchange) {
    if (exchange.method() != "POST") {
        const Error error = wrong_method("POST");
        co_await send_error(exchange, error);
        co_return;
    }
    auto read = read_turn(exchange.body(), exchange.fields().get(kFaultField));
    if (!read) {
        const Error error = read.error();
        co_await send_error(exchange, error);
        co_return;
    }
    Turn& turn = *read;
    log_.count_request(turn.model->name);
    if (turn.faults.delay) {
        const SteadyTime due = std::chrono::steady_clock::now() + *turn.faults.delay;
        const bool stayed = co_await wait_until(exchange, due);
        if (!stayed) {
            co_return;
        }
    }
    if (turn.faults.silent) {
        co_await stay_silent(exchange);
    } else if (turn.faults.status) {
        co_await refuse(exchange, turn);
    } else {
        co_await answer(exchange, turn);
    }
}

Result<SimulatorHandler::Turn> SimulatorHandler::read_turn(std::string_view body, std::string_view fault_field) {
    auto input = read_chat_input(body);
    if (!input) {
        return input.error();
    }
    if (fault_field.size() > ChatInput::kSimulateBytesMax) {
        return Error::downstream(ErrorKind::InvalidRequest, "invalid_simulate_directive",
                                 "The header " + std::string(kFaultField) + " is longer than 512 bytes.");
    }
    Turn turn;
    turn.input = std::move(*input);
    turn.input.simulate.append(" ").append(fault_field);
    turn.model = find_model(turn.input.model);
    if (turn.model == nullptr) {
        return Error::downstream(ErrorKind::ModelNotFound, "model_not_found",
                                 "The model `" + turn.input.model + "` does not exist here. GET /v1/models lists what does.")
            .with_param("model");
    }
    auto faults = parse_faults(turn.input.simulate, turn.model->name);
    if (!faults) {
        return faults.error();
    }
    turn.faults = std::move(*faults);
    if (turn.faults.times && is_spent(turn)) {
        turn.faults = Faults();
    }
    if (recordings_) {
        auto recording = recordings_->find(turn.model->name, turn.input.question);
        if (!recording) {
            return recording.error();
        }
        turn.recording = *recording;
        tell_what_is_recorded(*turn.recording, turn.input, turn.faults);
    }
    return turn;
}

bool SimulatorHandler::is_spent(const Turn& turn) {
    if (fault_uses_.size() >= kFaultUsesMax) {
        fault_uses_.clear();
    }
    const std::uint64_t model = stable_hash(turn.model->name);
    const std::uint64_t key = stable_hash(turn.input.conversation, stable_hash(turn.input.simulate, model));
    return ++fault_uses_[key] > *turn.faults.times;
}

net::Task<> SimulatorHandler::send_json(net::Exchange& exchange, unsigned status, const net::HeaderBlock& headers,
                                        std::string_view body) {
    const std::array<std::string_view, 1> pieces{body};
    const std::span<const std::string_view> all(pieces);
    co_await exchange.respond(status, headers, all);
}

net::Task<> SimulatorHandler::send_error(net::Exchange& exchange, const Error& error) {
    const net::HeaderBlock headers = headers_for(kJson);
    const std::string body = dialect::openai_error_body(error);
    co_await send_json(exchange, dialect::http_status(error), headers, body);
}

net::Task<> SimulatorHandler::refuse(net::Exchange& exchange, const Turn& turn) {
    net::HeaderBlock headers = headers_for(kJson);
    if (turn.faults.retry_after_seconds) {
        headers.add("retry-after", *turn.faults.retry_after_seconds);
    }
    const std::string body = refusal_body(*turn.faults.status, turn.faults.code);
    co_await send_json(exchange, *turn.faults.status, headers, body);
}

net::Task<> SimulatorHandler::answer(net::Exchange& exchange, Turn& turn) {
    std::vector<Answer> answers;
    for (unsigned choice = 0; choice < turn.input.choices; ++choice) {
        answers.push_back(turn.recording != nullptr ? recorded_answer(*turn.recording)
                                                    : make_answer(*turn.model, turn.input, turn.faults, choice));
    }
    const Answer& first = answers.front();
    telemetry::log_debug("SIMULATED answer of " + turn.model->name + ": " + std::string(name_of(first.kind)) +
                         (first.right ? ", right, " : ", wrong, ") + std::to_string(first.tokens.size()) + " tokens");
    ReplyHead head;
    head.id = next_id();
    head.model = turn.model->name;
    head.created = unix_seconds();
    head.service_tier = lane_of(turn.input);
    if (turn.input.stream) {
        const SendPlan plan = plan_stream(head, turn.input, turn.faults, answers);
        co_await send_stream(exchange, turn, plan);
    } else {
        const SendPlan plan = plan_whole(head, turn.input, turn.faults, answers);
        co_await send_whole(exchange, turn, plan);
    }
}

net::Task<> SimulatorHandler::send_whole(net::Exchange& exchange, Turn& turn, const SendPlan& plan) {
    const std::size_t tokens = plan.steps.empty() ? 0 : plan.steps.front().tokens;
    const auto thinking = pace_of(*turn.model, turn.faults) * static_cast<std::int64_t>(tokens);
    const SteadyTime due =
        std::chrono::steady_clock::now() + turn.faults.first_token_delay.value_or(turn.model->first_token_delay) + thinking;
    const bool stayed = co_await wait_until(exchange, due);
    if (!stayed) {
        co_return;
    }
    const net::HeaderBlock headers = headers_for(kJson);
    if (plan.ending == SendPlan::Ending::Finish && !turn.faults.split) {
        bill(turn, plan.steps.front());
        co_await send_json(exchange, 200, headers, plan.steps.front().bytes);
        co_return;
    }
    exchange.begin_stream(200, headers);
    for (const SendStep& step : plan.steps) {
        const bool sent = co_await write_step(exchange, turn, step);
        if (!sent) {
            co_return;
        }
    }
    co_await end(exchange, plan.ending);
}

net::Task<> SimulatorHandler::send_stream(net::Exchange& exchange, Turn& turn, const SendPlan& plan) {
    const Nanoseconds pace = pace_of(*turn.model, turn.faults);
    SteadyTime due = std::chrono::steady_clock::now() + turn.faults.first_token_delay.value_or(turn.model->first_token_delay);
    net::HeaderBlock headers = headers_for(kEventStream);
    headers.add("cache-control", "no-cache");
    exchange.begin_stream(200, headers);
    bool first = true;
    for (const SendStep& step : plan.steps) {
        due += step.paced && !first ? pace : Nanoseconds(0);
        first = false;
        const bool stayed = co_await wait_until(exchange, due);
        if (!stayed) {
            co_return;
        }
        const bool sent = co_await write_step(exchange, turn, step);
        if (!sent) {
            co_return;
        }
    }
    co_await end(exchange, plan.ending);
}

net::Task<bool> SimulatorHandler::write_step(net::Exchange& exchange, Turn& turn, const SendStep& step) {
    // Billed before it is sent: whoever has read the answer may ask for the bill at once.
    bill(turn, step);
    const std::string_view bytes = step.bytes;
    const std::size_t size = turn.faults.split.value_or(bytes.size());
    for (std::size_t at = 0; at < bytes.size(); at += size) {
        const std::array<std::string_view, 1> pieces{bytes.substr(at, size)};
        const std::span<const std::string_view> all(pieces);
        const bool sent = co_await exchange.write(all);
        if (!sent) {
            co_return false;
        }
    }
    co_return true;
}

net::Task<> SimulatorHandler::end(net::Exchange& exchange, SendPlan::Ending ending) {
    switch (ending) {
        case SendPlan::Ending::Finish:
            co_await exchange.finish();
            break;
        case SendPlan::Ending::Silence:
            co_await stay_silent(exchange);
            break;
        case SendPlan::Ending::Cut:
            exchange.abandon();
            break;
        case SendPlan::Ending::Reset:
            exchange.reset();
            break;
    }
}

net::Task<> SimulatorHandler::stay_silent(net::Exchange& exchange) {
    const SteadyTime due = std::chrono::steady_clock::now() + kSilenceMax;
    co_await wait_until(exchange, due);
    exchange.abandon();
}

net::Task<bool> SimulatorHandler::wait_until(net::Exchange& exchange, SteadyTime due) {
    const Nanoseconds left = due - std::chrono::steady_clock::now();
    if (left <= Nanoseconds(0)) {
        co_return !exchange.client_gone();
    }
    const bool waited = co_await exchange.pause(left);
    co_return waited;
}

void SimulatorHandler::bill(Turn& turn, const SendStep& step) {
    if (!step.billed) {
        return;
    }
    turn.tokens_sent += step.tokens;
    const Usage now = usage_of(turn.input, turn.faults, turn.tokens_sent);
    log_.bill(turn.model->name, turn.billed, now);
    turn.billed = now;
}

const ModelProfile* SimulatorHandler::find_model(std::string_view name) const noexcept {
    const auto found =
        std::find_if(models_.begin(), models_.end(), [name](const ModelProfile& model) { return model.name == name; });
    return found == models_.end() ? nullptr : &*found;
}

net::HeaderBlock SimulatorHandler::headers_for(std::string_view content_type) {
    net::HeaderBlock headers;
    headers.add("content-type", content_type);
    headers.add("x-simulated", "tierway");
    if (recordings_) {
        headers.add("x-replayed", "recorded-answers");
    }
    headers.add("x-request-id", ids_.next(unix_milliseconds()).view());
    return headers;
}

std::string SimulatorHandler::next_id() {
    return "chatcmpl-sim-" + std::string(ids_.next(unix_milliseconds()).view().substr(4));
}

}  // namespace tierway::simulator
