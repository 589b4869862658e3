#include "admin/summary_page.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace tierway::admin {
namespace {

using std::chrono::seconds;

constexpr std::array<std::pair<std::string_view, seconds>, 4> kWindows{
    {{"15m", seconds(900)}, {"1h", seconds(3'600)}, {"6h", seconds(21'600)}, {"24h", seconds(86'400)}}};
constexpr std::string_view kWindowDefault = "1h";

}  // namespace

net::Task<Page> summary_page(Request& request) {
    const std::string_view asked = query_value(request.exchange.target(), "window");
    const std::string_view wanted = asked.empty() ? kWindowDefault : asked;
    const auto* window = std::find_if(kWindows.begin(), kWindows.end(), [wanted](const auto& one) { return one.first == wanted; });
    if (window == kWindows.end()) {
        co_return problem(400, "`window` must be 15m, 1h, 6h or 24h, as in /api/summary?window=1h.");
    }
    co_return Page{200, "application/json", request.traffic.summary_json(window->second)};
}

}  // namespace tierway::admin
