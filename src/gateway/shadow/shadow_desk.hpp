#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "gateway/answer.hpp"
#include "gateway/side_call.hpp"
#include "tierway/ledger/store.hpp"
#include "tierway/telemetry/line_log.hpp"

namespace tierway::gateway {

struct RequestContext;
struct ShadowTask;

/// Learning from one's own traffic, on one worker: asks the higher tier, in the background, what it would have said where a draft
/// was kept, and notes whether the draft was as good. Nobody waits for it: it begins once the client has its answer, takes leave of
/// every hard budget of class and total and of one of its own, charges no key, and ends when the process drains.
class ShadowDesk {
public:
    /// Both must outlive what is under way.
    ShadowDesk(ledger::Store& store, telemetry::LineLog& rows);
    ~ShadowDesk();
    ShadowDesk(const ShadowDesk&) = delete;
    ShadowDesk& operator=(const ShadowDesk&) = delete;

    /// Looks at a judged request that has its answer. \param draft what the bound tier answered. \param kept it is what the client got.
    void consider(RequestContext& context, const Answer& draft, bool kept);
    /// Notes an answer of the higher tier before which no draft was asked for: it is as good as one that replaced a draft.
    void count_undrafted(RequestContext& context);
    /// Begins nothing more and ends what is under way.
    void stop();

    /// What tasks share with the desk, because they may end after it.
    struct UnderWay {
        bool stopped = false;
        std::vector<SideCall*> calls;
    };

private:
    ledger::Store& store_;
    telemetry::LineLog& rows_;
    std::shared_ptr<UnderWay> under_way_;
};

}  // namespace tierway::gateway
