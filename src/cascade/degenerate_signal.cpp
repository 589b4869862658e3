#include <algorithm>
#include <array>

#include "cascade/limits.hpp"
#include "cascade/text_cut.hpp"
#include "cascade/text_shingles.hpp"
#include "tierway/cascade/signals.hpp"

namespace tierway::cascade {
namespace {

// Loops run to the end of an answer once they have begun, so of a long answer the end is read.
constexpr std::size_t kTextBytesMax = std::size_t{16} * 1024;

constexpr std::size_t kShingleWords = 8;
constexpr std::size_t kShinglesMin = 24;
// Tables, tests and form letters repeat up to half of their shingles; loops nearly all. Of recorded answers that reach the upper
// bound none was acceptable (docs/cascade.md), so there the signal is fatal.
constexpr double kRepeatedFrom = 0.5;
constexpr double kRepeatedTo = 0.9;

constexpr std::size_t kLoopTailBytes = 2048;
constexpr std::size_t kLoopBytesMin = 512;
constexpr std::size_t kLoopPeriodMax = 256;
constexpr std::size_t kLoopRoundsMin = 10;
constexpr double kLoopScore = 0.1;

constexpr std::size_t kDuplicateShingleWords = 4;
// Short acknowledgements may well be said twice.
constexpr std::size_t kDuplicateShinglesMin = 16;
// Revising a page of text or code changes a few words and keeps nine tenths of the shingles: only closer copies count.
constexpr double kDuplicateFrom = 0.95;
constexpr double kDuplicateScore = 0.2;

/// 1 up to `from`, falling in a line to `low` at `to`.
double falling(double value, double from, double to, double low) noexcept {
    return 1.0 - (1.0 - low) * std::clamp((value - from) / (to - from), 0.0, 1.0);
}

std::string_view last_bytes(std::string_view text, std::size_t bytes_max) noexcept {
    return text.substr(text.size() - std::min(text.size(), bytes_max));
}

double repetition_score(const std::vector<std::uint64_t>& words) {
    std::vector<std::uint64_t> distinct = shingles(words, kShingleWords);
    const std::size_t all = distinct.size();
    if (all < kShinglesMin) {
        return 1.0;
    }
    make_set(distinct);
    const double repeated = 1.0 - static_cast<double>(distinct.size()) / static_cast<double>(all);
    return falling(repeated, kRepeatedFrom, kRepeatedTo, 0.0);
}

/// Whether the text ends in a short piece said over and over. Also sees loops without spaces, which have no words.
bool ends_in_loop(std::string_view text) noexcept {
    text = last_bytes(text, kLoopTailBytes);
    const std::size_t trimmed = text.find_last_not_of(" \t\r\n");
    if (trimmed == std::string_view::npos || trimmed + 1 < kLoopBytesMin) {
        return false;
    }
    text = text.substr(0, trimmed + 1);
    // The prefix function of the reversed text: `border[n]` is the longest proper border of its first n + 1 bytes, and
    // n + 1 − border[n] their shortest period.
    std::array<std::uint16_t, kLoopTailBytes> border{};
    const auto reversed = [&](std::size_t index) { return text[text.size() - 1 - index]; };
    for (std::size_t n = 1; n < text.size(); ++n) {
        std::size_t length = border[n - 1];
        while (length > 0 && reversed(n) != reversed(length)) {
            length = border[length - 1];
        }
        length += reversed(n) == reversed(length) ? 1U : 0U;
        border[n] = static_cast<std::uint16_t>(length);
        const std::size_t bytes = n + 1;
        const std::size_t period = bytes - length;
        if (bytes >= kLoopBytesMin && period <= kLoopPeriodMax && bytes >= kLoopRoundsMin * period) {
            return true;
        }
    }
    return false;
}

double similarity(std::string_view answer, std::string_view previous) {
    if (previous.empty()) {
        return 0.0;
    }
    const auto set_of = [](std::string_view text) {
        std::vector<std::uint64_t> set = shingles(word_hashes(cut_utf8(text, kPreviousAnswerBytesMax)), kDuplicateShingleWords);
        make_set(set);
        return set;
    };
    const std::vector<std::uint64_t> before = set_of(previous);
    if (before.size() < kDuplicateShinglesMin) {
        return 0.0;
    }
    return jaccard(set_of(answer), before);
}

}  // namespace

std::optional<Signal> degenerate_signal(const dialect::AnswerChoice& choice, const Expectation& expected) {
    if (choice.content.empty()) {
        return std::nullopt;
    }
    const std::string_view text = last_bytes(choice.content, kTextBytesMax);
    Signal signal{SignalKind::Degenerate, 1.0, false, "no repetition"};
    const auto lower_to = [&](double score, std::string_view reason) {
        if (score < signal.score) {
            signal.score = score;
            signal.reason = reason;
        }
    };
    lower_to(repetition_score(word_hashes(text)), "repeats the same runs of words");
    lower_to(ends_in_loop(text) ? kLoopScore : 1.0, "ends in a loop");
    lower_to(falling(similarity(choice.content, expected.previous_answer), kDuplicateFrom, 1.0, kDuplicateScore),
             "repeats the assistant turn before");
    signal.fatal = signal.score == 0.0;
    return signal;
}

}  // namespace tierway::cascade
