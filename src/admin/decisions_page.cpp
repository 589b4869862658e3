#include "admin/decisions_page.hpp"

#include <charconv>
#include <string>

namespace tierway::admin {
namespace {

constexpr std::size_t kDecisionsDefault = 100;

}  // namespace

net::Task<Page> decisions_page(Request& request) {
    std::size_t count = kDecisionsDefault;
    if (const std::string_view last = query_value(request.exchange.target(), "last"); !last.empty()) {
        const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), count);
        if (error != std::errc() || end != last.data() + last.size()) {
            co_return problem(400, "`last` must be a whole number, as in /api/decisions?last=20.");
        }
    }
    std::string body = "[";
    for (const std::string& line : request.decisions.newest(count)) {
        body += body.size() > 1 ? ",\n" : "";
        body += line;
    }
    co_return Page{200, "application/json", body + "]\n"};
}

}  // namespace tierway::admin
