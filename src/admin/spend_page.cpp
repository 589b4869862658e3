#include "admin/spend_page.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tierway/net/handoff.hpp"

namespace tierway::admin {
namespace {

/// How long a report may take before its reader is told to ask for less.
constexpr Milliseconds kReportPatience{30'000};

}  // namespace

net::Task<Page> spend_page(Request& request) {
    const auto handoff = std::make_shared<net::Handoff<Result<std::string>>>(request.exchange.worker());
    request.sources.spend_json(std::string(request.exchange.target()),
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

}  // namespace tierway::admin
