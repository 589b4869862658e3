#include "app/demo_requests.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/listen_option.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/net/upstream_connection.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::app {
namespace {

using nlohmann::json;

json chat(const std::string& model, const std::string& prompt) {
    return {{"model", model}, {"messages", json::array({{{"role", "user"}, {"content", prompt}}})}};
}

/// What the demo prints of one answer.
struct Reply {
    unsigned status = 0;
    std::string request_class, tier, model, escalation, cost, baseline, simulated;
};

net::Task<Result<Reply>> ask(net::UpstreamConnection& connection, std::string body) {
    const std::string head =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n";
    const SteadyTime deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const std::array<std::string_view, 2> pieces{head, body};
    const std::span<const std::string_view> span(pieces);
    auto sent = co_await connection.send(span, deadline);
    if (!sent) {
        co_return sent.error();
    }
    auto answered = co_await connection.read_head(deadline);
    if (!answered) {
        co_return answered.error();
    }
    const wire::HttpFields& fields = connection.head().fields;
    Reply reply;
    reply.status = connection.head().status;
    reply.request_class = fields.get("x-tierway-class");
    reply.tier = fields.get("x-tierway-tier");
    reply.model = fields.get("x-tierway-model");
    reply.escalation = fields.get("x-tierway-escalation");
    reply.cost = fields.get("x-tierway-cost-usd");
    reply.baseline = fields.get("x-tierway-baseline-usd");
    reply.simulated = fields.get("x-simulated");
    bool last = false;
    while (!last) {
        auto batch = co_await connection.read_body(deadline);
        if (!batch) {
            co_return batch.error();
        }
        last = batch->last;
    }
    co_return reply;
}

net::Task<std::vector<Result<Reply>>> ask_all(net::Worker& worker, net::Origin origin, std::vector<std::string> bodies) {
    std::vector<Result<Reply>> replies;
    net::UpstreamConnection connection(worker, origin);
    const SteadyTime deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    auto connected = co_await connection.connect(deadline);
    for (const std::string& body : bodies) {
        if (!connected) {
            replies.emplace_back(connected.error());
            break;
        }
        auto reply = co_await ask(connection, body);
        replies.push_back(reply);
        if (!reply) {
            break;
        }
    }
    co_return replies;
}

std::vector<Result<Reply>> ask_from_a_worker(const config::Endpoint& gateway, std::vector<std::string> bodies) {
    net::Worker worker;
    std::promise<std::vector<Result<Reply>>> done;
    auto future = done.get_future();
    net::Origin origin = net::make_origin(gateway.host, gateway.port, nullptr, {}, 1);
    boost::asio::co_spawn(worker.executor(), ask_all(worker, std::move(origin), std::move(bodies)),
                          [&done](const std::exception_ptr& fault, std::vector<Result<Reply>> replies) {
                              fault ? done.set_exception(fault) : done.set_value(std::move(replies));
                          });
    worker.start("tierway-demo");
    std::vector<Result<Reply>> replies = future.get();
    worker.stop();
    return replies;
}

}  // namespace

std::vector<DemoRequest> demo_requests() {
    json image = chat("auto", "");
    image["messages"][0]["content"] =
        json::array({{{"type", "text"}, {"text", "What is shown on this screen?"}},
                     {{"type", "image_url"}, {"image_url", {{"url", "data:image/png;base64,iVBORw0KGgo="}}}}});
    json hard = chat("auto", "How much is 17 * 23 + 4?");
    hard["metadata"] = {{"simulate", "sim-small:wrong,low_confidence"}};
    return {
        {"extract two e-mails", chat("auto", "Extract the e-mails: write to ann@example.com or bob@example.org.").dump()},
        {"classify a sentiment", chat("auto", "Classify the sentiment: I love this phone, it works great.").dump()},
        {"rewrite politely", chat("auto", "Rewrite politely: send me the report now.").dump()},
        {"a sum the cheap model gets wrong", hard.dump()},
        {"code", chat("auto", "Write a Python function that reverses a string.").dump()},
        {"reasoning", chat("auto", "Explain step by step why the sky is blue.").dump()},
        {"small talk", chat("auto", "Hello! How are you today?").dump()},
        {"an image, which the small tier cannot see", image.dump()},
        {"a wish above the bound tier", chat("sim/sim-frontier", "Rewrite politely: go away.").dump()},
    };
}

bool run_demo_requests(const std::string& gateway_address) {
    const auto endpoint = read_listen_option(gateway_address);
    if (!endpoint) {
        return false;
    }
    const std::vector<DemoRequest> requests = demo_requests();
    std::vector<std::string> bodies;
    for (const DemoRequest& request : requests) {
        bodies.push_back(request.body);
    }
    const std::vector<Result<Reply>> replies = ask_from_a_worker(*endpoint, std::move(bodies));
    std::cout << fmt::format("{:<44} {:<15} {:<9} {:<17} {:<36} {:>12} {:>12}\n", "request", "class", "tier", "model",
                             "escalation", "cost $", "baseline $");
    Usd cost;
    Usd baseline;
    bool all_answered = replies.size() == requests.size();
    for (std::size_t i = 0; i < replies.size(); ++i) {
        if (!replies[i]) {
            std::cout << requests[i].title << ": " << replies[i].error().message() << '\n';
            return false;
        }
        const Reply& reply = *replies[i];
        all_answered = all_answered && reply.status == 200;
        std::cout << fmt::format("{:<44} {:<15} {:<9} {:<17} {:<36} {:>12} {:>12}\n", requests[i].title, reply.request_class,
                                 reply.tier, reply.status == 200 ? reply.model : fmt::format("status {}", reply.status),
                                 reply.escalation, reply.cost, reply.baseline);
        cost += Usd::parse(reply.cost).value_or(Usd{});
        baseline += Usd::parse(reply.baseline).value_or(Usd{});
    }
    const Usd saved = baseline - cost;
    const double share = baseline.nano() > 0 ? 100.0 * saved.to_double() / baseline.to_double() : 0.0;
    std::cout << fmt::format(
        "\nCost ${} against ${} on the frontier alone: saved ${} ({:.0f} %), drafts included. All answers are simulated.\n\n",
        cost.to_string(), baseline.to_string(), saved.to_string(), share);
    return all_answered;
}

}  // namespace tierway::app
