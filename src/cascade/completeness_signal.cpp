#include "cascade/text_cut.hpp"
#include "tierway/cascade/signals.hpp"

namespace tierway::cascade {
namespace {

using dialect::FinishReason;

// A refusal is an answer, and where the request deserves one the best answer there is; but cheap models refuse what better ones
// answer. So it lowers the confidence below any usual threshold and stays servable when the escalation is denied.
constexpr double kRefusalScore = 0.1;
// A finish reason outside the API's list says nothing about the answer either way.
constexpr double kUnknownFinishScore = 0.5;
// A bound that the client set cuts the better model's answer as well, so it is no reason to climb.
constexpr double kClientLimitScore = 0.5;

Signal fatal(std::string reason) {
    return {SignalKind::Completeness, 0.0, true, std::move(reason)};
}

}  // namespace

std::optional<Signal> completeness_signal(const dialect::AnswerChoice& choice, const Expectation& expected) {
    switch (choice.finish_reason) {
        case FinishReason::None:
            return fatal("ended without a finish reason");
        case FinishReason::Length:
            if (expected.output_limited) {
                return Signal{SignalKind::Completeness, kClientLimitScore, false, "cut off at the client's own limit"};
            }
            return fatal("cut off at the token limit");
        case FinishReason::ContentFilter:
            return fatal("cut off by the provider's content filter");
        case FinishReason::Stop:
        case FinishReason::ToolCalls:
        case FinishReason::Other:
            break;
    }
    if (!choice.refusal.empty()) {
        return Signal{SignalKind::Completeness, kRefusalScore, false, "the model refused"};
    }
    if (is_blank(choice.content) && choice.tool_calls.empty()) {
        return fatal("empty answer");
    }
    if (choice.finish_reason == FinishReason::Other) {
        return Signal{SignalKind::Completeness, kUnknownFinishScore, false, "ended for a reason outside the API's list"};
    }
    return Signal{SignalKind::Completeness, 1.0, false, "complete"};
}

}  // namespace tierway::cascade
