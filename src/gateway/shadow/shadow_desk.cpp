#include "gateway/shadow/shadow_desk.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "gateway/request_context.hpp"
#include "gateway/shadow/shadow_task.hpp"
#include "tierway/dialect/opinion_request.hpp"
#include "tierway/ledger/cost.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::gateway {

ShadowDesk::ShadowDesk(ledger::Store& store, telemetry::LineLog& rows)
    : store_(store), rows_(rows), under_way_(std::make_shared<UnderWay>()) {}

ShadowDesk::~ShadowDesk() = default;

void ShadowDesk::consider(RequestContext& context, const Answer& draft, bool kept) {
    const config::Snapshot& snapshot = context.snapshot();
    const policy::Route& route = *context.plan().route;
    if (!snapshot.shadow || !snapshot.shadow->concerns(route.request_class) || context.outcome.error) {
        return;
    }
    QualityBoard& board = context.runtime->quality();
    board.count_answer(route.request_class, kept);
    const config::TierId tier = route.cascade->to;
    if (!kept || under_way_->stopped || !decision::may_reach(context.plan(), tier) || draft.content.choices.empty() ||
        !cascade::is_sampled(context.id.view(), snapshot.shadow->share)) {
        return;
    }
    QualityBoard::Place place = board.begin(snapshot.shadow->concurrent);
    if (!place) {
        context.meters.count_shadow(route.request_class, "busy");
        return;
    }
    decision::Plan& plan = context.plan();
    const config::ModelId better = route.cascade->targets.front();
    dialect::OpinionTerms terms;
    terms.model = context.runtime->upstream_name_json(better);
    terms.output_limit_field = config::name_of(snapshot.provider(snapshot.model(better).provider).output_limit_field);
    terms.output_limit = decision::output_limit_to_write(snapshot, better, plan);
    SideCall::Question question;
    question.model = better;
    question.request_class = route.request_class;
    question.body = dialect::opinion_request(plan.request, context.body(), terms);
    question.prompt_tokens = plan.prompt.of(better).expected;
    question.prompt_tokens_at_most = plan.prompt.of(better).at_most;
    question.output_tokens_at_most = decision::output_tokens_bound(snapshot, better, plan);
    question.request_id = context.id.view();
    question.trace_id = context.trace.trace_id();
    const Usd estimate =
        ledger::estimate_cost(question.prompt_tokens_at_most, question.output_tokens_at_most, snapshot.model(better).price);
    const unsigned number = context.outcome.attempts_opened + 1;
    question.opening =
        shadow_opening(snapshot, context.id.view(), number, route.request_class, tier, better, estimate);
    // In a row each model stands once.
    const auto& agreement = route.cascade->agreement;
    const bool has_second = context.scratch.second_opinion && agreement && *agreement != draft.model && *agreement != better;
    const std::optional<config::ModelId> second = has_second ? agreement : std::nullopt;
    std::shared_ptr<ShadowTask> task(new ShadowTask{context.exchange.worker(),
                                                    context.runtime,
                                                    context.meters.shared_from_this(),
                                                    store_,
                                                    rows_,
                                                    under_way_,
                                                    std::move(place),
                                                    context.id,
                                                    context.wall_time,
                                                    route.request_class,
                                                    tier,
                                                    draft.model,
                                                    better,
                                                    std::string(context.body()),
                                                    draft.content,
                                                    second,
                                                    second ? context.scratch.second_opinion : std::nullopt,
                                                    number});
    boost::asio::co_spawn(context.exchange.worker().executor(), ShadowTask::run(std::move(task), std::move(question)),
                          [](const std::exception_ptr& fault) {
                              if (fault) {
                                  telemetry::log_exception("A comparison in the background ended by an exception", fault);
                              }
                          });
}

void ShadowDesk::count_undrafted(RequestContext& context) {
    const config::Snapshot& snapshot = context.snapshot();
    const config::ClassId request_class = context.plan().route->request_class;
    if (snapshot.shadow && snapshot.shadow->concerns(request_class) && !context.outcome.error) {
        context.runtime->quality().count_answer(request_class, false);
    }
}

void ShadowDesk::stop() {
    under_way_->stopped = true;
    for (SideCall* const call : under_way_->calls) {
        call->cancel();
    }
}

}  // namespace tierway::gateway
