#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/meters.hpp"
#include "gateway/runtime.hpp"
#include "gateway/shadow/quality_board.hpp"
#include "gateway/shadow/shadow_desk.hpp"
#include "gateway/side_call.hpp"
#include "tierway/base/request_id.hpp"
#include "tierway/dialect/chat_answer.hpp"
#include "tierway/ledger/store.hpp"
#include "tierway/net/task.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/telemetry/line_log.hpp"

namespace tierway::gateway {

/// One comparison in the background. It holds all that it needs of the request, which is over.
struct ShadowTask {
    net::Worker& worker;
    RuntimePtr runtime;
    std::shared_ptr<Meters> meters;
    ledger::Store& store;
    telemetry::LineLog& rows;
    std::shared_ptr<ShadowDesk::UnderWay> under_way;
    QualityBoard::Place place;
    RequestId id;
    WallTime at{};
    config::ClassId request_class{};
    config::TierId tier{};  ///< That is asked.
    config::ModelId drafted{};
    config::ModelId better{};
    std::string body;  ///< The client's.
    dialect::ChatAnswer draft;
    std::optional<config::ModelId> second_model;        ///< Who gave a second opinion on the draft; not the draft's own model …
    std::optional<dialect::ChatAnswer> second_opinion;  ///< … and what it was.
    unsigned attempts = 0;  ///< Numbers given out.

    /// Until the comparison is noted, or is known to fail.
    static net::Task<> run(std::shared_ptr<ShadowTask> task, SideCall::Question question);

private:
    net::Task<Result<dialect::ChatAnswer>> ask(SideCall::Question question);
    net::Task<std::optional<bool>> compare(const dialect::ChatAnswer& answer);
    /// The judge's question; empty when there is no judge, or the request cannot be read any more.
    std::optional<SideCall::Question> comparison_question(const dialect::ChatAnswer& answer);
    void charge(SideCall& call, unsigned number);
    void note(const dialect::ChatAnswer& answer, bool as_good);
    [[nodiscard]] std::string_view answer_field() const;
};

/// The opening of a shadow's attempt: in the budgets of its class and in total, and in that of `shadow.usd_per_day`.
ledger::AttemptOpening shadow_opening(const config::Snapshot& snapshot, std::string_view request_id, unsigned number,
                                      config::ClassId request_class, config::TierId tier, config::ModelId model, Usd estimate);

}  // namespace tierway::gateway
