#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulator/chat_input.hpp"
#include "simulator/fault.hpp"
#include "simulator/request_log.hpp"
#include "simulator/stream_plan.hpp"
#include "tierway/base/request_id.hpp"
#include "tierway/net/exchange.hpp"
#include "tierway/simulator/profile.hpp"
#include "tierway/simulator/recordings.hpp"

namespace tierway::simulator {

/// Answers the simulator's requests. Lives on one worker; must outlive it.
class SimulatorHandler final : public net::Handler {
public:
    /// \param recordings what to answer with; absent: answers are made up.
    explicit SimulatorHandler(std::vector<ModelProfile> models, std::optional<Recordings> recordings = std::nullopt);

    net::Task<> handle(net::Exchange& exchange) override;

private:
    /// One chat request and how it is to be treated.
    struct Turn {
        ChatInput input;
        Faults faults;
        const ModelProfile* model = nullptr;
        const Recording* recording = nullptr;  ///< Null: the answer is made up.
        Usage billed;
        std::size_t tokens_sent = 0;
    };

    net::Task<> handle_chat(net::Exchange& exchange);
    net::Task<> handle_models(net::Exchange& exchange, std::string_view path);
    net::Task<> handle_own(net::Exchange& exchange, std::string_view path, std::string_view query);
    net::Task<> send_json(net::Exchange& exchange, unsigned status, const net::HeaderBlock& headers, std::string_view body);
    net::Task<> send_error(net::Exchange& exchange, const Error& error);
    net::Task<> refuse(net::Exchange& exchange, const Turn& turn);
    net::Task<> answer(net::Exchange& exchange, Turn& turn);
    net::Task<> send_whole(net::Exchange& exchange, Turn& turn, const SendPlan& plan);
    net::Task<> send_stream(net::Exchange& exchange, Turn& turn, const SendPlan& plan);
    net::Task<bool> write_step(net::Exchange& exchange, Turn& turn, const SendStep& step);
    net::Task<> end(net::Exchange& exchange, SendPlan::Ending ending);
    net::Task<> stay_silent(net::Exchange& exchange);
    net::Task<bool> wait_until(net::Exchange& exchange, SteadyTime due);

    /// \param fault_field directives beside those of the body.
    Result<Turn> read_turn(std::string_view body, std::string_view fault_field);
    /// Whether the faults of this request still apply, as far as `times` bounds them.
    bool is_spent(const Turn& turn);
    void bill(Turn& turn, const SendStep& step);
    [[nodiscard]] const ModelProfile* find_model(std::string_view name) const noexcept;
    net::HeaderBlock headers_for(std::string_view content_type);
    std::string next_id();

    std::vector<ModelProfile> models_;
    std::optional<Recordings> recordings_;
    RequestLog log_;
    RequestIdSource ids_;
    std::unordered_map<std::uint64_t, std::uint64_t> fault_uses_;  ///< Hash of directive and question → how often it came.
    std::int64_t started_at_;
};

}  // namespace tierway::simulator
