#include "simulator/stream_plan.hpp"

#include <algorithm>
#include <utility>

#include "simulator/status_fault.hpp"

namespace tierway::simulator {
namespace {

struct Event {
    Event(std::string text, std::size_t token_count, bool at_pace)
        : payload(std::move(text)), tokens(token_count), paced(at_pace) {}

    std::string payload;
    std::size_t tokens;
    bool paced;
};

std::size_t total_tokens(std::span<const Answer> answers) {
    std::size_t total = 0;
    for (const Answer& answer : answers) {
        total += answer.tokens.size();
    }
    return total;
}

ReplyDetail detail_of(const ChatInput& input) {
    ReplyDetail detail;
    detail.logprobs = input.logprobs;
    detail.top_logprobs = input.top_logprobs;
    detail.null_usage = input.stream && input.include_usage;
    return detail;
}

/// The choices' tokens take turns, as choices of a real stream do.
void add_tokens(const ReplyHead& head, std::span<const Answer> answers, const ReplyDetail& detail, std::vector<Event>& events) {
    std::size_t longest = 0;
    for (const Answer& answer : answers) {
        longest = std::max(longest, answer.tokens.size());
    }
    for (std::size_t token = 0; token < longest; ++token) {
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (token < answers[i].tokens.size()) {
                events.emplace_back(token_chunk(head, answers[i], i, token, detail), 1, true);
            }
        }
    }
}

std::vector<Event> undisturbed_events(const ReplyHead& head, const ChatInput& input, const Faults& faults,
                                      std::span<const Answer> answers) {
    const ReplyDetail detail = detail_of(input);
    std::vector<Event> events;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        events.emplace_back(role_chunk(head, answers[i], i, detail), 0, false);
        if (answers[i].form == Answer::Form::ToolCall) {
            events.emplace_back(call_chunk(head, answers[i], i, detail), 0, true);
        }
    }
    add_tokens(head, answers, detail, events);
    for (std::size_t i = 0; i < answers.size() && !faults.no_finish; ++i) {
        events.emplace_back(finish_chunk(head, answers[i], i, detail), 0, false);
    }
    if (input.include_usage && !faults.no_usage) {
        events.emplace_back(usage_chunk(head, usage_of(input, faults, total_tokens(answers))), 0, false);
    }
    if (!faults.no_done) {
        events.emplace_back("[DONE]", 0, false);
    }
    return events;
}

void add_step(const Faults& faults, Event event, SendPlan& plan) {
    const std::string_view line_end = faults.crlf ? "\r\n" : "\n";
    SendStep step;
    if (faults.comments) {
        step.bytes.append(": simulated comment").append(line_end).append(line_end);
    }
    step.bytes.append("data: ").append(event.payload).append(line_end).append(line_end);
    step.tokens = event.tokens;
    step.paced = event.paced || faults.pace.has_value();
    plan.steps.push_back(std::move(step));
}

std::optional<SendPlan::Ending> disturbance_at(const Faults& faults, std::size_t events_sent) {
    if (faults.reset_after == events_sent) {
        return SendPlan::Ending::Reset;
    }
    if (faults.cut_after == events_sent) {
        return SendPlan::Ending::Cut;
    }
    if (faults.stall_after == events_sent) {
        return SendPlan::Ending::Silence;
    }
    return std::nullopt;
}

}  // namespace

SendPlan plan_stream(const ReplyHead& head, const ChatInput& input, const Faults& faults, std::span<const Answer> answers) {
    SendPlan plan;
    const std::optional<std::size_t> error_after = faults.error_in_200 ? 0 : faults.error_after;
    std::size_t sent = 0;
    for (Event& event : undisturbed_events(head, input, faults, answers)) {
        if (const auto ending = disturbance_at(faults, sent)) {
            plan.ending = *ending;
            return plan;
        }
        if (error_after == sent) {
            add_step(faults, Event(inner_error_body(faults.code), 0, true), plan);
            plan.steps.back().billed = false;
            return plan;
        }
        if (faults.malformed_after == sent) {
            add_step(faults, Event(R"({"id":"chatcmpl-sim","choices":[{"index":0,"delta":{"conte)", 0, true), plan);
        }
        add_step(faults, std::move(event), plan);
        ++sent;
    }
    return plan;
}

SendPlan plan_whole(const ReplyHead& head, const ChatInput& input, const Faults& faults, std::span<const Answer> answers) {
    SendPlan plan;
    SendStep step;
    if (faults.error_in_200 || faults.error_after) {
        step.bytes = inner_error_body(faults.code);
        step.billed = false;
        plan.steps.push_back(std::move(step));
        return plan;
    }
    step.tokens = total_tokens(answers);
    const Usage usage = usage_of(input, faults, step.tokens);
    step.bytes = whole_reply(head, answers, detail_of(input), faults.no_usage ? nullptr : &usage, !faults.no_finish);
    const std::optional<std::size_t> after = faults.reset_after   ? faults.reset_after
                                             : faults.cut_after   ? faults.cut_after
                                             : faults.stall_after ? faults.stall_after
                                                                  : std::nullopt;
    if (after) {
        plan.ending = *disturbance_at(faults, *after);
    }
    if (after == 0U) {
        return plan;
    }
    if (after || faults.malformed_after) {
        step.bytes.resize(step.bytes.size() / 2);
    }
    plan.steps.push_back(std::move(step));
    return plan;
}

}  // namespace tierway::simulator
