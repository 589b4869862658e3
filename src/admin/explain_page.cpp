#include "admin/explain_page.hpp"

#include <string>
#include <utility>

#include "tierway/wire/http_fields.hpp"

namespace tierway::admin {

net::Task<Page> explain_page(Request& request) {
    // A form of another site can post without asking first, but not with this type.
    if (!wire::starts_with_ignoring_case(request.exchange.fields().get("content-type"), "application/json")) {
        co_return problem(415, "Send the question as JSON, with `Content-Type: application/json`.");
    }
    Result<std::string> answer = request.sources.explain_json(request.exchange.body());
    if (!answer) {
        co_return problem(400, answer.error().message());
    }
    co_return Page{200, "application/json", std::move(*answer)};
}

}  // namespace tierway::admin
