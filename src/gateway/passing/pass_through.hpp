#pragma once

#include <optional>
#include <string_view>

#include "gateway/passing/passed_body.hpp"
#include "gateway/passing/passed_path.hpp"
#include "gateway/provider_link.hpp"
#include "gateway/request_context.hpp"
#include "tierway/dialect/asked_model.hpp"
#include "tierway/dialect/reported_usage.hpp"
#include "tierway/net/task.hpp"

namespace tierway::gateway {

/// A request that a provider answers as it is (audio, images, files): body and answer pass piece by piece and are never held, so
/// nothing is tried twice. Who asks, how often and within which budget is asked as for any request; what it cost is read in passing.
/// Lives in the handler's coroutine.
class PassThrough {
public:
    PassThrough(RequestContext& context, PassedPath path, config::ProviderId provider);

    net::Task<> run();

private:
    net::Task<Result<void>> admit();
    net::Task<Result<void>> call();
    net::Task<Result<void>> send_request();
    net::Task<Result<void>> send_rest();
    /// Looks for the model in what passes.
    void feed(const net::BodyPart& part);
    net::Task<Result<void>> hear_early_answer(Error broken);
    net::Task<Result<void>> relay();
    void begin_answer();
    [[nodiscard]] CallLimits limits() const;
    void charge(const Result<void>& ended);
    void note_span(const Result<void>& ended);

    RequestContext& context_;
    PassedPath path_;
    const config::Snapshot& snapshot_;
    const config::PassThrough& rules_;
    const config::Provider& provider_;
    ProviderLink link_;
    PassedBody body_;
    dialect::AskedModel asked_model_;
    std::optional<dialect::ReportedUsage> reported_;
    SteadyTime began_at_;
    SteadyTime until_;
    telemetry::SpanId span_;  ///< Of the request's trace.
    bool was_answered_ = false;
    bool was_refused_ = false;
};

}  // namespace tierway::gateway
