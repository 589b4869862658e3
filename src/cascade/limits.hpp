#pragma once

#include <cstddef>

namespace tierway::cascade {

/// How much of the assistant turn before is compared with an answer; the answer is compared up to the same length.
inline constexpr std::size_t kPreviousAnswerBytesMax = std::size_t{8} * 1024;
/// Bound on the reason of a signal, which goes to logs and headers.
inline constexpr std::size_t kReasonBytesMax = 200;

}  // namespace tierway::cascade
