#pragma once

#include "simulator/answer.hpp"
#include "simulator/chat_input.hpp"
#include "simulator/fault.hpp"
#include "tierway/simulator/recordings.hpp"

namespace tierway::simulator {

/// The recorded text as one finished answer of a single token, with the recorded probability as that token's.
Answer recorded_answer(const Recording& recording);

/// Makes the reply tell what is recorded: its token counts as usage, unless a fault states others, and log-probabilities only
/// where there is one.
void tell_what_is_recorded(const Recording& recording, ChatInput& input, Faults& faults);

}  // namespace tierway::simulator
