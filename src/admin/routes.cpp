#include "admin/routes.hpp"

#include <algorithm>
#include <array>

#include "admin/decisions_page.hpp"
#include "admin/spend_page.hpp"

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

constexpr std::array<Route, 7> kRoutes{{
    {"/healthz", "GET", Audience::Everybody, healthz},
    {"/readyz", "GET", Audience::Everybody, readyz},
    {"/metrics", "GET", Audience::Operators, metrics},
    {"/api/decisions", "GET", Audience::Operators, decisions_page},
    {"/api/models", "GET", Audience::Operators, models},
    {"/api/limits", "GET", Audience::Operators, limits},
    {"/api/spend", "GET", Audience::Operators, spend_page},
}};

}  // namespace

std::span<const Route> routes() noexcept {
    return kRoutes;
}

const Route* find_route(std::string_view path) noexcept {
    const auto* found = std::find_if(kRoutes.begin(), kRoutes.end(), [path](const Route& route) { return route.path == path; });
    return found == kRoutes.end() ? nullptr : found;
}

}  // namespace tierway::admin
