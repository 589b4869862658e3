#include "admin/routes.hpp"

#include <algorithm>
#include <array>

#include "admin/decisions_page.hpp"
#include "admin/explain_page.hpp"
#include "admin/spend_page.hpp"
#include "admin/summary_page.hpp"
#include "admin/ui_files.hpp"

namespace tierway::admin {
namespace {

net::Task<Page> healthz(Request& /*request*/) {
    co_return Page{200, "text/plain", "ok\n"};
}

net::Task<Page> readyz(Request& request) {
    const bool ready = request.ready.load(std::memory_order_relaxed);
    co_return ready ? Page{200, "text/plain", "ready\n"} : Page{503, "text/plain", "not ready\n"};
}

net::Task<Page> metrics(Request& request) {
    request.sources.refresh_metrics();
    co_return Page{200, "text/plain; version=0.0.4; charset=utf-8", request.metrics.text()};
}

net::Task<Page> models(Request& request) {
    co_return Page{200, "application/json", request.sources.models_json()};
}

net::Task<Page> limits(Request& request) {
    co_return Page{200, "application/json", request.sources.limits_json()};
}

net::Task<Page> policy(Request& request) {
    co_return Page{200, "application/json", request.sources.policy_json()};
}

net::Task<Page> to_ui(Request& /*request*/) {
    co_return Page{308, "text/plain", "See ui/\n", {}, "ui/"};
}

net::Task<Page> ui(Request& request) {
    const std::string_view target = request.exchange.target();
    co_return ui_page(target.substr(0, target.find('?')), request.exchange.fields().get("if-none-match"));
}

constexpr std::array<Route, 13> kRoutes{{
    {"/healthz", "GET", Audience::Everybody, healthz},
    {"/readyz", "GET", Audience::Everybody, readyz},
    {"/metrics", "GET", Audience::Operators, metrics},
    {"/api/decisions", "GET", Audience::Operators, decisions_page},
    {"/api/models", "GET", Audience::Operators, models},
    {"/api/limits", "GET", Audience::Operators, limits},
    {"/api/spend", "GET", Audience::Operators, spend_page},
    {"/api/summary", "GET", Audience::Operators, summary_page},
    {"/api/policy", "GET", Audience::Operators, policy},
    {"/api/explain", "POST", Audience::Operators, explain_page},
    {"/ui/", "GET", Audience::Browsers, ui},
    {"/ui", "GET", Audience::Browsers, to_ui},
    {"/", "GET", Audience::Browsers, to_ui},
}};

}  // namespace

std::span<const Route> routes() noexcept {
    return kRoutes;
}

const Route* find_route(std::string_view path) noexcept {
    const auto* found = std::find_if(kRoutes.begin(), kRoutes.end(), [path](const Route& route) {
        return route.path == path || (route.path.size() > 1 && route.path.ends_with('/') && path.starts_with(route.path));
    });
    return found == kRoutes.end() ? nullptr : found;
}

}  // namespace tierway::admin
