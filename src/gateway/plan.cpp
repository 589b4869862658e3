#include "tierway/gateway/plan.hpp"

#include "tierway/base/assert.hpp"
#include "tierway/ledger/cost.hpp"
#include "tierway/policy/declared_class.hpp"
#include "tierway/policy/recovery.hpp"
#include "tierway/policy/request_ceiling.hpp"

namespace tierway::gateway {
namespace {

policy::Needs needs_of(const dialect::ChatRequest& request, std::int64_t prompt_tokens, bool stay_inside) {
    policy::Needs needs;
    needs.vision = request.has_image;
    needs.audio = request.has_audio;
    needs.tools = request.has_tools;
    needs.json_schema = request.wants_json_schema();
    needs.prompt_tokens = prompt_tokens;
    needs.output_tokens_max = request.output_tokens_max.value_or(0);
    needs.stay_inside = stay_inside;
    needs.service = config::service_tier_named(request.service_tier);
    return needs;
}

}  // namespace

Usd dearest_attempt(const config::Snapshot& snapshot, std::span<const config::ModelId> models, const Plan& plan) {
    Usd most;
    for (const config::ModelId id : models) {
        most = std::max(most, attempt_estimate(snapshot.model(id), plan.request, plan.features.prompt_tokens));
    }
    return most;
}

Usd attempt_estimate(const config::Model& model, const dialect::ChatRequest& request, std::int64_t prompt_tokens) {
    const std::int64_t output =
        ledger::output_tokens_bound(request.output_tokens_max.value_or(0), model.output_tokens_max) * request.choices;
    return ledger::estimate_cost(prompt_tokens, output, model.price, config::service_tier_named(request.service_tier));
}

void Plan::reset() {
    request = {};
    principal = nullptr;
    classification.reset();
    ceiling.reset();
    route.reset();
    climbs.clear();
    recovery = config::Recovery::Fail;
    estimate = {};
}

Result<void> make_plan(const config::Snapshot& snapshot, const classify::Classifier& classifier, const PlanOptions& options,
                       std::string_view body, wire::JsonParser& parser, SteadyTime now, Plan& plan) {
    TIERWAY_ASSERT(options.principal != nullptr);
    plan.reset();
    // Identified by the request's head, before anything of the body is looked at.
    plan.principal = options.principal;

    // Read.
    auto root = parser.parse(body);
    if (!root) {
        return root.error();
    }
    auto request = dialect::read_chat_request(*root);
    if (!request) {
        return request.error();
    }
    plan.request = std::move(*request);

    // Classify.
    auto declared = policy::read_declared_class(snapshot, *plan.principal, options.declared_class);
    if (!declared) {
        return declared.error();
    }
    classify::FeatureLimits limits = classifier.looks_at();
    limits.text_shape = limits.text_shape || options.text_shape;
    classify::extract_features(plan.request, plan.features, limits);
    plan.classification = classifier.classify(plan.features, *declared);

    // Bind, with the capability filter of the gate: a model that cannot serve is no target.
    auto ceiling = policy::read_request_ceiling(snapshot, options.max_tier);
    if (!ceiling) {
        return ceiling.error();
    }
    plan.ceiling = *ceiling;
    auto wish = policy::read_wish(snapshot, plan.request.model_name);
    if (!wish) {
        return wish.error();
    }
    const config::RequestClass& request_class = snapshot.request_class(plan.classification->request_class);
    auto recovery = policy::read_recovery(request_class, options.recovery);
    if (!recovery) {
        return recovery.error();
    }
    plan.recovery = *recovery;
    const std::int64_t prompt_tokens = plan.features.prompt_tokens;
    policy::BindRequest bind_request;
    bind_request.request_class = plan.classification->request_class;
    bind_request.wish = *wish;
    bind_request.request_ceiling = plan.ceiling;
    bind_request.needs = needs_of(plan.request, prompt_tokens, request_class.stay_inside);
    bind_request.estimate = [&](config::ModelId model) { return dearest_attempt(snapshot, std::span(&model, 1), plan); };
    auto route = policy::bind(snapshot, *plan.principal, bind_request, options.quotas, now, plan.climbs);
    if (!route) {
        return route.error();
    }
    plan.route = std::move(*route);

    // Gate.
    plan.estimate = dearest_attempt(snapshot, plan.route->targets, plan);
    return {};
}

}  // namespace tierway::gateway
