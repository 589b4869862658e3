#include "tierway/admin/admin.hpp"

#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tierway/base/did_you_mean.hpp"
#include "tierway/base/json_text.hpp"
#include "tierway/net/handoff.hpp"

namespace tierway::admin {
namespace {

constexpr std::size_t kDecisionsDefault = 100;

struct Page {
    unsigned status = 200;
    std::string_view type = "application/json";
    std::string body;
};

Page problem(unsigned status, std::string_view message) {
    std::string body = R"({"error":{"message":)";
    append_json_string(body, message);
    return {status, "application/json", body + "}}\n"};
}

/// The value of one query parameter; empty when it is absent.
std::string_view query_value(std::string_view target, std::string_view name) {
    const std::size_t mark = target.find('?');
    std::string_view rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (pair.substr(0, equals) == name && equals != std::string_view::npos) {
            return pair.substr(equals + 1);
        }
    }
    return {};
}

Page decisions_page(const telemetry::DecisionLog& decisions, std::string_view target) {
    std::size_t count = kDecisionsDefault;
    if (const std::string_view last = query_value(target, "last"); !last.empty()) {
        const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), count);
        if (error != std::errc() || end != last.data() + last.size()) {
            return problem(400, "`last` must be a whole number, as in /api/decisions?last=20.");
        }
    }
    std::string body = "[";
    for (const std::string& line : decisions.newest(count)) {
        body += body.size() > 1 ? ",\n" : "";
        body += line;
    }
    return {200, "application/json", body + "]\n"};
}

/// How long a report may take before its reader is told to ask for less.
constexpr Milliseconds kReportPatience{30'000};

net::Task<Page> spend_page(const AdminSources& sources, net::Exchange& exchange) {
    const auto handoff = std::make_shared<net::Handoff<Result<std::string>>>(exchange.worker());
    sources.spend_json(std::string(exchange.target()),
                       [handoff](Result<std::string> answer) { handoff->give(std::move(answer)); });
    auto answer = co_await handoff->take(kReportPatience);
    if (!answer) {
        co_return problem(503, "The ledger is too busy, or the question too large: ask for fewer days.");
    }
    if (!*answer) {
        const Error& error = answer->error();
        co_return problem(error.kind() == ErrorKind::InvalidRequest ? 400 : 503, error.message());
    }
    co_return Page{200, "application/json", std::move(**answer)};
}

}  // namespace

Admin::Admin(const telemetry::Metrics& metrics, const telemetry::DecisionLog& decisions, const std::atomic<bool>& ready,
             AdminSources sources)
    : metrics_(metrics), decisions_(decisions), ready_(ready), sources_(std::move(sources)) {}

net::Task<> Admin::handle(net::Exchange& exchange) {
    const std::string_view path = exchange.target().substr(0, exchange.target().find('?'));
    constexpr std::array<std::string_view, 7> kPaths{"/healthz",    "/readyz",     "/metrics",  "/api/decisions",
                                                     "/api/models", "/api/limits", "/api/spend"};
    Page page;
    if (exchange.receive_error()) {
        page = problem(400, exchange.receive_error()->message());
    } else if (path == "/healthz") {
        page = {200, "text/plain", "ok\n"};
    } else if (path == "/readyz") {
        const bool ready = ready_.load(std::memory_order_relaxed);
        page = ready ? Page{200, "text/plain", "ready\n"} : Page{503, "text/plain", "not ready\n"};
    } else if (path == "/metrics") {
        sources_.refresh_metrics();
        page = {200, "text/plain; version=0.0.4; charset=utf-8", metrics_.text()};
    } else if (path == "/api/models") {
        page = {200, "application/json", sources_.models_json()};
    } else if (path == "/api/limits") {
        page = {200, "application/json", sources_.limits_json()};
    } else if (path == "/api/spend") {
        page = co_await spend_page(sources_, exchange);
    } else if (path == "/api/decisions") {
        page = decisions_page(decisions_, exchange.target());
    } else {
        page = problem(404, "Nothing is here." + did_you_mean(path, kPaths));
    }
    if (!exchange.receive_error() && exchange.method() != "GET") {
        page = problem(405, "The admin plane answers GET only.");
    }
    net::HeaderBlock headers;
    headers.add("Content-Type", page.type);
    headers.add("Cache-Control", "no-store");
    const std::array<std::string_view, 1> pieces{page.body};
    const std::span<const std::string_view> body(pieces);
    co_await exchange.respond(page.status, headers, body);
}

}  // namespace tierway::admin
