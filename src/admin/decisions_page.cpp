#include "admin/decisions_page.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tierway/wire/json_view.hpp"

namespace tierway::admin {
namespace {

constexpr std::size_t kDecisionsDefault = 100;

/// A member of the record and the text that it must have.
using Condition = std::pair<std::string_view, std::string_view>;

struct DecisionsQuery {
    std::size_t count = kDecisionsDefault;
    telemetry::DecisionRange range;
    std::vector<Condition> conditions;
};

template <class Number>
bool read_number(std::string_view target, std::string_view name, Number& number) {
    const std::string_view text = query_value(target, name);
    if (text.empty()) {
        return true;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

/// Empty when a number is none. Names of classes, tiers and outcomes need no escapes in a query.
std::optional<DecisionsQuery> read_query(std::string_view target) {
    DecisionsQuery query;
    if (!read_number(target, "last", query.count) || !read_number(target, "after", query.range.after) ||
        !read_number(target, "before", query.range.before)) {
        return std::nullopt;
    }
    for (const std::string_view member : {"class", "tier", "escalation", "outcome", "principal", "request_id"}) {
        if (const std::string_view wanted = query_value(target, member); !wanted.empty()) {
            query.conditions.emplace_back(member, wanted);
        }
    }
    return query;
}

bool fulfils(const std::vector<Condition>& conditions, const std::string& line, wire::JsonParser& parser) {
    if (conditions.empty()) {
        return true;
    }
    const auto record = parser.parse(line);
    for (const auto& [member, wanted] : conditions) {
        if (!record || !record->find(member).string_is(wanted)) {
            return false;
        }
    }
    return true;
}

}  // namespace

net::Task<Page> decisions_page(Request& request) {
    const auto query = read_query(request.exchange.target());
    if (!query) {
        co_return problem(400, "`last`, `before` and `after` must be whole numbers, as in /api/decisions?last=20&before=1000.");
    }
    std::string body = "[";
    std::size_t shown = 0;
    wire::JsonParser parser;
    const auto take = [&](telemetry::KeptDecision&& kept) {
        if (shown < query->count && fulfils(query->conditions, kept.line, parser)) {
            ++shown;
            body += body.size() > 1 ? ",\n" : "";
            body += "{\"sequence\":" + std::to_string(kept.sequence) + ',';
            body.append(kept.line, 1);
        }
        return shown < query->count;
    };
    request.decisions.visit(query->range, take);
    co_return Page{200, "application/json", body + "]\n"};
}

}  // namespace tierway::admin
