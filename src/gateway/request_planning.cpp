#include "gateway/request_planning.hpp"

#include <array>
#include <chrono>
#include <string>

#include "gateway/chance.hpp"
#include "gateway/provider_dialect.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::gateway {
namespace {

constexpr std::string_view kAcknowledge = "x-tierway-acknowledge-usd";
/// Of two different values nobody could say which is meant.
constexpr std::array<std::string_view, 4> kOnceHeaders{"x-tierway-class", "x-tierway-max-tier", "x-tierway-recovery",
                                                       kAcknowledge};

bool is_json(std::string_view content_type) {
    return content_type.empty() || wire::starts_with_ignoring_case(content_type, "application/json");
}

}  // namespace

Result<void> check_media_type(const RequestContext& context) {
    if (!is_json(context.exchange.fields().get("content-type"))) {
        return Error::downstream(ErrorKind::UnsupportedMediaType, "unsupported_media_type",
                                 "The body must be JSON. Send `Content-Type: application/json`.");
    }
    return {};
}

Result<void> plan_request(RequestContext& context, config::ModelKind kind) {
    const net::Exchange& exchange = context.exchange;
    if (auto checked = check_media_type(context); !checked) {
        return checked;
    }
    for (const std::string_view name : kOnceHeaders) {
        if (exchange.fields().count(name) > 1) {
            return Error::downstream(ErrorKind::InvalidRequest, "duplicate_header",
                                     "The header `" + std::string(name) + "` was sent twice.");
        }
    }
    DoorRequest& door = context.door();
    if (door.door() != dialect::Dialect::Chat) {
        if (auto read = door.read(); !read) {
            return read;
        }
    }
    decision::PlanOptions options;
    options.kind = kind;
    options.only_dialect = door.only_native().empty() ? std::nullopt : std::optional(configured_dialect(door.door()));
    options.principal = context.plan().principal;
    options.quotas = &context.runtime->quotas();
    options.gains = &context.runtime->gains();
    options.economics = &context.runtime->economics();
    options.chance = chance();
    options.declared_class = exchange.fields().get("x-tierway-class");
    options.max_tier = exchange.fields().get("x-tierway-max-tier");
    options.recovery = exchange.fields().get("x-tierway-recovery");
    if (exchange.fields().count(kAcknowledge) == 1) {
        options.acknowledged = exchange.fields().get(kAcknowledge);
    }
    options.estimator = &context.runtime->tokens();
    auto planned = decision::make_plan(context.snapshot(), context.runtime->classifier(), options, context.body(),
                                       context.scratch.request_json, std::chrono::steady_clock::now(), context.plan());
    const std::string_view in_chat = context.plan().request.only_native;
    const std::string_view only_native = in_chat.empty() ? door.only_native() : in_chat;
    if (!planned && planned.error().kind() == ErrorKind::MissingCapability && !only_native.empty()) {
        // What the client would have to leave out.
        return planned.error().with_param(std::string(only_native));
    }
    return planned;
}

}  // namespace tierway::gateway
