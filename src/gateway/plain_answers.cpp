#include "gateway/plain_answers.hpp"

#include <array>
#include <span>
#include <string>
#include <utility>

#include "gateway/disclosure.hpp"
#include "gateway/endpoint.hpp"
#include "gateway/error_answer.hpp"
#include "gateway/percent_decoding.hpp"
#include "gateway/rate_headers.hpp"
#include "gateway/request_planning.hpp"
#include "tierway/dialect/anthropic.hpp"

namespace tierway::gateway {
namespace {

net::Task<> answer_json(RequestContext& context, std::string_view body) {
    net::HeaderBlock& headers = context.scratch.headers;
    headers.clear();
    headers.add("Content-Type", "application/json");
    add_request_id(context.id.view(), context.door().door(), headers);
    add_rate_limits(context, headers);
    const std::array<std::string_view, 1> pieces{body};
    const std::span<const std::string_view> span(pieces);
    context.outcome.status = 200;
    co_await context.exchange.respond(200, headers, span);
}

}  // namespace

net::Task<> answer_models(RequestContext& context) {
    const std::string list = context.runtime->model_list(*context.plan().principal, context.door().door());
    co_await answer_json(context, list);
}

net::Task<> answer_model(RequestContext& context, std::string_view path) {
    const std::string id = percent_decoded(model_id_in(path));
    const std::string body = context.runtime->model_object(*context.plan().principal, id, context.door().door());
    if (!body.empty()) {
        co_await answer_json(context, body);
        co_return;
    }
    Error unknown = Error::downstream(ErrorKind::ModelNotFound, "model_not_found",
                                      "There is no model `" + id.substr(0, 128) + "`. GET /v1/models lists what there is.");
    co_await answer_error(context, std::move(unknown), false);
}

net::Task<> answer_token_count(RequestContext& context) {
    Result<void> read = check_media_type(context);
    std::string body;
    if (read) {
        auto counted = context.door().count_tokens();
        if (counted) {
            body = dialect::anthropic::token_count_body(*counted);
        } else {
            read = counted.error();
        }
    }
    if (!read) {
        Error refused = read.error();
        co_await answer_error(context, std::move(refused), false);
        co_return;
    }
    co_await answer_json(context, body);
}

net::Task<> answer_probe(RequestContext& context) {
    net::HeaderBlock& headers = context.scratch.headers;
    headers.clear();
    const std::span<const std::string_view> nothing;
    context.outcome.status = 200;
    co_await context.exchange.respond(200, headers, nothing);
}

}  // namespace tierway::gateway
