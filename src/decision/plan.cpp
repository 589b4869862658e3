#include "tierway/decision/plan.hpp"

#include <algorithm>

#include "tierway/base/assert.hpp"
#include "tierway/decision/expected_cost.hpp"
#include "tierway/decision/thinking.hpp"
#include "tierway/dialect/token_estimate.hpp"
#include "tierway/ledger/cost.hpp"
#include "tierway/policy/acknowledgement.hpp"
#include "tierway/policy/caps.hpp"
#include "tierway/policy/declared_class.hpp"
#include "tierway/policy/recovery.hpp"
#include "tierway/policy/request_ceiling.hpp"

namespace tierway::decision {
namespace {

policy::Needs needs_of(const dialect::ChatRequest& request, config::ModelKind kind, std::int64_t prompt_tokens) {
    policy::Needs needs;
    needs.kind = kind;
    needs.vision = request.has_image;
    needs.audio = request.has_audio;
    needs.tools = request.has_tools;
    needs.json_schema = request.wants_json_schema();
    needs.several_choices = request.choices > 1;
    needs.prompt_tokens = prompt_tokens;
    needs.output_tokens_max = request.output_tokens_max.value_or(0);
    needs.service = config::service_tier_named(request.service_tier);
    return needs;
}

ledger::PromptSize prompt_size(const dialect::ChatRequest& request) {
    ledger::PromptSize size;
    size.text_tokens = dialect::estimate_tokens(request.prompt_text_bytes);
    size.images = request.images;
    size.attached_at_most = static_cast<std::int64_t>(request.audio_bytes / dialect::kAudioBytesPerToken) +
                            dialect::estimate_tokens(request.file_bytes);
    return size;
}

policy::Asked asked_of(const dialect::ChatRequest& request, std::int64_t prompt_tokens) {
    policy::Asked asked;
    asked.choices = request.choices;
    asked.output_tokens = request.output_tokens_max;
    asked.output_tokens_field = request.output_tokens_field;
    asked.prompt_tokens = prompt_tokens;
    asked.images = request.images;
    asked.tools = request.tools_offered;
    return asked;
}

/// Reads a request for embeddings.
Result<void> read_embeddings(const config::Snapshot& snapshot, const wire::JsonValue& root, Plan& plan) {
    if (!snapshot.embeddings_class) {
        return Error::downstream(ErrorKind::RouteNotFound, "embeddings_not_configured",
                                 "This gateway makes no embeddings: its configuration has no `endpoints.embeddings`.");
    }
    auto read = dialect::read_embeddings_request(root);
    if (!read) {
        return read.error();
    }
    plan.request.body = read->body;
    plan.request.model = read->model;
    plan.request.model_name = read->model_name;
    plan.request.prompt_text_bytes = read->input_bytes;
    plan.embeddings = std::move(*read);
    return {};
}

Result<void> read_request(const config::Snapshot& snapshot, config::ModelKind kind, const wire::JsonValue& root, Plan& plan) {
    if (kind == config::ModelKind::Embedding) {
        return read_embeddings(snapshot, root, plan);
    }
    auto request = dialect::read_chat_request(root);
    if (!request) {
        return request.error();
    }
    plan.request = std::move(*request);
    return {};
}

Error not_of_this_class(std::string_view name, bool embeds) {
    return Error::downstream(ErrorKind::InvalidRequest, "class_of_another_endpoint",
                             "`x-tierway-class` names the class `" + std::string(name) +
                                 (embeds ? "`, which is not that of embeddings; send the request without it."
                                         : "`, which is that of /v1/embeddings alone; name another, or send the request without it."));
}

/// Embeddings have a class of their own, whatever is embedded.
Result<void> classify_embeddings(const config::Snapshot& snapshot, std::optional<config::ClassId> declared, Plan& plan) {
    const config::ClassId own = *snapshot.embeddings_class;
    if (declared && *declared != own) {
        return not_of_this_class(snapshot.request_class(*declared).name, true);
    }
    plan.features = {};
    plan.features.prompt_tokens = dialect::estimate_tokens(plan.request.prompt_text_bytes);
    plan.classification = classify::Classification{own, 1.0, "endpoint", "/v1/embeddings"};
    return {};
}

Result<void> classify_chat(const config::Snapshot& snapshot, const classify::Classifier& classifier, const PlanOptions& options,
                           std::optional<config::ClassId> declared, Plan& plan) {
    if (declared && declared == snapshot.embeddings_class) {
        return not_of_this_class(snapshot.request_class(*declared).name, false);
    }
    classify::FeatureLimits limits = classifier.looks_at();
    limits.text_shape = limits.text_shape || options.text_shape;
    if (options.whole_ask || (options.gains != nullptr && options.gains->looks_at_ask())) {
        limits.ask_bytes_max = std::max(limits.ask_bytes_max, classify::FeatureLimits{}.ask_bytes_max);
    }
    classify::extract_features(plan.request, plan.features, limits);
    plan.classification = classifier.classify(plan.features, declared);
    return {};
}

/// A wish for what the endpoint does not do is a mistake, which no tier could make good.
Result<void> check_kind(const config::Snapshot& snapshot, const policy::Wish& wish, const Plan& plan) {
    const config::ModelKind asked = plan.embeddings ? config::ModelKind::Embedding : config::ModelKind::Chat;
    const bool other_model = wish.model && snapshot.model(*wish.model).kind != asked;
    const bool other_tier = wish.tier && snapshot.kind_of(*wish.tier) != asked;
    if (!other_model && !other_tier) {
        return {};
    }
    return Error::downstream(ErrorKind::InvalidRequest, "model_not_supported",
                             "`" + plan.request.model_name.substr(0, 128) +
                                 (plan.embeddings ? "` makes no embeddings. Ask /v1/embeddings for a model that does, or for `auto`."
                                                  : "` makes embeddings alone. Ask for it through /v1/embeddings."))
        .with_param("model");
}

/// Lets a class that decides by the ask alone choose its tier: no draft is judged then. Climbing passes the approver.
void choose_by_ask(const config::Snapshot& snapshot, const PlanOptions& options, const policy::BindRequest& bound, SteadyTime now,
                   Plan& plan) {
    policy::Route& route = *plan.route;
    plan.learnt = options.gains != nullptr && route.cascade ? options.gains->find(route.request_class) : nullptr;
    if (plan.learnt == nullptr || plan.learnt->time != config::GainTime::Ask) {
        return;
    }
    const PairCalibration& pair = *plan.learnt->pair;
    const Chances chances = pair.ask ? pair.ask->chances(plan.features.ask, plan.ngrams, plan.hashed)
                                     : Chances{pair.table.cheap_acceptable, pair.table.strong_acceptable};
    const double dearer = usual_usd_difference(snapshot, pair, dialect::estimate_tokens(plan.request.prompt_text_bytes));
    plan.expected_gain = chances.gain();
    if (*plan.expected_gain > plan.learnt->lambda.value_or(0.0) * dearer) {
        // Whether the first attempt may cost that much is the gate's question, which comes next.
        const policy::Climb& climb = plan.climbs.emplace_back(ask_to_climb(
            snapshot, plan, route.cascade->to, route.cascade->targets, policy::ClimbReason::ExpectedGain, Usd(), options.quotas, now));
        if (climb.approval.approved) {
            policy::begin_higher(snapshot, *plan.principal, bound, route);
        }
    }
    route.cascade.reset();
}

/// Lets a class whose drafts cost more than they spare begin at the higher tier. It comes after the gate, which must not refuse a
/// request for that: what the climb may cost is the approver's question, and denied, the cascade is what the gate has passed.
void pass_over_drafts(const config::Snapshot& snapshot, const PlanOptions& options, const policy::BindRequest& bound,
                      SteadyTime now, Plan& plan) {
    policy::Route& route = *plan.route;
    // What is known of drafts is known of those of the class's own tier; and who asks for that tier by its name shall have it.
    if (options.economics == nullptr || !route.cascade || route.tier != route.bound_tier || bound.wish.tier ||
        !options.economics->costs_more(route.request_class) ||
        options.chance < snapshot.request_class(route.request_class).escalation->explore) {
        return;
    }
    const policy::Climb& climb =
        plan.climbs.emplace_back(ask_to_climb(snapshot, plan, route.cascade->to, route.cascade->targets,
                                              policy::ClimbReason::CascadeNotWorthIt, Usd(), options.quotas, now));
    if (!climb.approval.approved) {
        return;
    }
    policy::TierTargets drafting{route.tier, route.targets};
    policy::begin_higher(snapshot, *plan.principal, bound, route);
    route.stand_in = std::move(drafting);
    plan.gate.estimate = climb.estimate;
}

/// Binds the request and lets it through the gate.
Result<void> bind_and_gate(const config::Snapshot& snapshot, const PlanOptions& options, const policy::Wish& wish, SteadyTime now,
                           Plan& plan) {
    std::optional<Usd> accepted;
    if (options.acknowledged) {
        auto amount = policy::read_acknowledgement(*options.acknowledged);
        if (!amount) {
            return amount.error();
        }
        accepted = *amount;
    }
    policy::BindRequest bind_request;
    bind_request.request_class = plan.classification->request_class;
    bind_request.wish = wish;
    bind_request.request_ceiling = plan.ceiling;
    bind_request.needs = needs_of(plan.request, options.kind, plan.features.prompt_tokens);
    bind_request.needs.only_dialect = options.only_dialect;
    if (!plan.request.only_native.empty()) {
        bind_request.needs.only_dialect = config::Dialect::OpenAi;
    }
    bind_request.estimate = [&](config::ModelId model) { return attempt_estimate(snapshot, model, plan); };
    if (plan.embeddings) {
        // Each input has the window to itself.
        bind_request.needs.prompt_tokens = dialect::estimate_tokens(plan.embeddings->longest_input_bytes);
    } else {
        bind_request.prompt_tokens = [&](config::ModelId model) { return plan.prompt.of(model).expected; };
    }
    auto route = policy::bind(snapshot, *plan.principal, bind_request, options.quotas, now, plan.climbs);
    if (!route) {
        return route.error();
    }
    plan.route = std::move(*route);
    choose_by_ask(snapshot, options, bind_request, now, plan);
    auto passed = policy::pass_gate(snapshot, *plan.principal, bind_request, accepted, *plan.route, plan.climbs, plan.gate);
    if (passed) {
        pass_over_drafts(snapshot, options, bind_request, now, plan);
    }
    return passed;
}

}  // namespace

std::optional<std::int64_t> output_limit_to_write(const config::Snapshot& snapshot, config::ModelId model, Plan& plan) {
    const auto& cap = snapshot.request_class(plan.classification->request_class).caps.output_tokens_max;
    if (plan.request.output_tokens_max || !cap || plan.embeddings) {
        return std::nullopt;
    }
    const config::Model& asked = snapshot.model(model);
    std::int64_t limit = ledger::output_tokens_bound(*cap, asked.output_tokens_max);
    if (asked.context_tokens > 0) {
        // Many providers refuse a limit that does not fit the window, although the answer would have.
        limit = std::min(limit, asked.context_tokens - plan.prompt.of(model).expected);
    }
    return std::max<std::int64_t>(limit, 1);
}

std::int64_t output_tokens_bound(const config::Snapshot& snapshot, config::ModelId model, Plan& plan) {
    if (plan.embeddings) {
        return 0;
    }
    if (const auto written = output_limit_to_write(snapshot, model, plan)) {
        return *written;
    }
    const config::Model& asked = snapshot.model(model);
    const std::optional<std::int64_t>& stated = plan.request.output_tokens_max;
    const std::int64_t bound = ledger::output_tokens_bound(stated.value_or(0), asked.output_tokens_max);
    if (stated || asked.output_tokens_max > 0) {
        return bound;
    }
    const config::RequestClass& request_class = snapshot.request_class(plan.classification->request_class);
    return bound + thinking_tokens_assumed(request_class, asked, plan.request.effort);
}

Usd attempt_estimate(const config::Snapshot& snapshot, config::ModelId model, Plan& plan, std::size_t further_text_bytes) {
    // A text that was not there when the prompt was estimated counts as one of an unknown model.
    const std::int64_t further = 2 * dialect::estimate_tokens(further_text_bytes);
    const std::int64_t output = output_tokens_bound(snapshot, model, plan) * plan.request.choices;
    return ledger::estimate_cost(plan.prompt.of(model).at_most + further, output, snapshot.model(model).price,
                                 config::service_tier_named(plan.request.service_tier));
}

Usd dearest_attempt(const config::Snapshot& snapshot, std::span<const config::ModelId> models, Plan& plan) {
    Usd most;
    for (const config::ModelId model : models) {
        most = std::max(most, attempt_estimate(snapshot, model, plan));
    }
    return most;
}

policy::Climb ask_to_climb(const config::Snapshot& snapshot, Plan& plan, config::TierId to, std::span<const config::ModelId> targets,
                           policy::ClimbReason why, Usd spent, policy::QuotaBoard* quotas, SteadyTime now) {
    policy::ClimbRequest climb;
    climb.request_class = plan.route->request_class;
    climb.from = plan.route->tier;
    climb.to = to;
    climb.why = why;
    climb.request_ceiling = plan.ceiling;
    climb.estimate = dearest_attempt(snapshot, targets, plan);
    climb.cost_ceiling = plan.gate.ceiling;
    climb.spent = spent;
    return {climb.from, to, why, climb.estimate, policy::approve(snapshot, *plan.principal, climb, quotas, now)};
}

bool may_reach(const Plan& plan, config::TierId tier) noexcept {
    return (!plan.ceiling || tier <= *plan.ceiling) && (!plan.principal->max_tier || tier <= *plan.principal->max_tier);
}

void Plan::reset() {
    request = {};
    embeddings.reset();
    principal = nullptr;
    classification.reset();
    ceiling.reset();
    route.reset();
    climbs.clear();
    learnt = nullptr;
    expected_gain.reset();
    recovery = config::Recovery::Fail;
    gate = {};
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
    if (auto read = read_request(snapshot, options.kind, *root, plan); !read) {
        return read;
    }

    // Classify.
    auto declared = policy::read_declared_class(snapshot, *plan.principal, options.declared_class);
    if (!declared) {
        return declared.error();
    }
    auto classified = plan.embeddings ? classify_embeddings(snapshot, *declared, plan)
                                      : classify_chat(snapshot, classifier, options, *declared, plan);
    if (!classified) {
        return classified;
    }

    // What no route could change is refused first.
    const config::RequestClass& request_class = snapshot.request_class(plan.classification->request_class);
    if (auto within = policy::check_caps(request_class, asked_of(plan.request, plan.features.prompt_tokens)); !within) {
        return within.error();
    }
    plan.prompt.begin(options.estimator, prompt_size(plan.request), snapshot.models.size());

    // Bind, with the capability filter of the gate: a model that cannot serve is no target. Then the gate itself.
    auto ceiling = policy::read_request_ceiling(snapshot, options.max_tier);
    if (!ceiling) {
        return ceiling.error();
    }
    plan.ceiling = *ceiling;
    auto wish = policy::read_wish(snapshot, plan.request.model_name);
    if (!wish) {
        return wish.error();
    }
    if (auto fits = check_kind(snapshot, *wish, plan); !fits) {
        return fits;
    }
    auto recovery = policy::read_recovery(request_class, options.recovery);
    if (!recovery) {
        return recovery.error();
    }
    plan.recovery = *recovery;
    return bind_and_gate(snapshot, options, *wish, now, plan);
}

}  // namespace tierway::decision
