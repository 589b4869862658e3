#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "simulator/answer.hpp"
#include "simulator/chat_input.hpp"
#include "simulator/chunks.hpp"
#include "simulator/fault.hpp"

namespace tierway::simulator {

/// Bytes that are sent together.
struct SendStep {
    std::string bytes;
    std::size_t tokens = 0;  ///< Of the answers, so that what was sent can be billed.
    bool billed = true;      ///< Belongs to an answer; errors cost nothing.
    bool paced = false;      ///< Comes at the model's pace; else right after the step before.
};

/// Everything that will be sent for one request, faults included, and how the answer ends.
struct SendPlan {
    enum class Ending : std::uint8_t {
        Finish,   ///< Properly.
        Silence,  ///< Nothing more comes, and the connection stays open.
        Cut,      ///< The connection closes without the last chunk.
        Reset,    ///< The connection is reset.
    };

    std::vector<SendStep> steps;
    Ending ending = Ending::Finish;
};

/// The events of a streamed answer.
SendPlan plan_stream(const ReplyHead& head, const ChatInput& input, const Faults& faults, std::span<const Answer> answers);
/// A whole answer: one step at most.
SendPlan plan_whole(const ReplyHead& head, const ChatInput& input, const Faults& faults, std::span<const Answer> answers);

}  // namespace tierway::simulator
