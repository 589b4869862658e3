#include "tierway/admin/admin.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/access.hpp"
#include "admin/page.hpp"
#include "admin/routes.hpp"
#include "tierway/base/did_you_mean.hpp"
#include "tierway/dialect/error_body.hpp"

namespace tierway::admin {
namespace {

std::vector<std::string_view> known_paths() {
    std::vector<std::string_view> paths;
    for (const Route& route : routes()) {
        paths.push_back(route.path);
    }
    return paths;
}

/// Nothing of it is ever to be run, framed or told to others by a browser, whatever it holds; the page of `/ui` is made of files of
/// this server alone.
constexpr std::string_view kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

void write_headers(const Page& page, const Route* route, net::HeaderBlock& headers) {
    headers.add("Content-Type", page.type);
    headers.add("Cache-Control", page.etag.empty() ? "no-store" : "no-cache");
    if (!page.etag.empty()) {
        headers.add("ETag", page.etag);
    }
    if (!page.location.empty()) {
        headers.add("Location", page.location);
    }
    if (page.status == 405 && route != nullptr) {
        headers.add("Allow", route->method);
    }
    if (page.status == 401) {
        headers.add("WWW-Authenticate", "Bearer");
    }
    headers.add("Content-Security-Policy", kContentPolicy);
    headers.add("X-Content-Type-Options", "nosniff");
    headers.add("Referrer-Policy", "no-referrer");
}

}  // namespace

Admin::Admin(const telemetry::Metrics& metrics, const telemetry::DecisionLog& decisions, TrafficWatch& traffic,
             const std::atomic<bool>& ready, const Secret& token, AdminSources sources)
    : metrics_(metrics),
      decisions_(decisions),
      traffic_(traffic),
      ready_(ready),
      access_(std::make_unique<const Access>(token)),
      sources_(std::move(sources)) {}

Admin::~Admin() = default;

net::Task<> Admin::handle(net::Exchange& exchange) {
    const std::string_view path = exchange.target().substr(0, exchange.target().find('?'));
    const Route* const route = find_route(path);
    Page page;
    if (exchange.receive_error()) {
        page = problem(dialect::http_status(*exchange.receive_error()), exchange.receive_error()->message());
    } else if (const auto refusal = access_->refusal(route == nullptr ? Audience::Operators : route->audience, exchange.method(),
                                                     exchange.fields())) {
        page = problem(refusal->status, refusal->message);
    } else if (route == nullptr) {
        page = problem(404, "Nothing is here." + did_you_mean(path, known_paths()));
    } else if (exchange.method() != route->method) {
        page = problem(405, "This page answers " + std::string(route->method) + " only.");
    } else {
        Request request{exchange, metrics_, decisions_, traffic_, ready_, sources_};
        page = co_await route->answer(request);
    }
    net::HeaderBlock headers;
    write_headers(page, route, headers);
    const std::array<std::string_view, 1> pieces{page.body};
    const std::span<const std::string_view> body(pieces);
    co_await exchange.respond(page.status, headers, body);
}

}  // namespace tierway::admin
