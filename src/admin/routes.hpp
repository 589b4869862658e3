#pragma once

#include <atomic>
#include <optional>
#include <span>
#include <string_view>

#include "admin/access.hpp"
#include "admin/page.hpp"
#include "tierway/admin/admin.hpp"
#include "tierway/net/task.hpp"

namespace tierway::admin {

/// What a page is made from.
struct Request {
    net::Exchange& exchange;
    const telemetry::Metrics& metrics;
    const telemetry::DecisionLog& decisions;
    TrafficWatch& traffic;
    const std::atomic<bool>& ready;
    const AdminSources& sources;
};

struct Route {
    std::string_view path;  ///< With a slash at its end: and all below.
    std::string_view method;
    Audience audience;
    net::Task<Page> (*answer)(Request& request);
};

/// Every page of the admin plane, in the order in which they are told.
std::span<const Route> routes() noexcept;

/// The route of a path, without the query; null when there is none.
const Route* find_route(std::string_view path) noexcept;

}  // namespace tierway::admin
