#include <algorithm>
#include <array>
#include <cmath>

#include "cascade/hedging_phrases.hpp"
#include "tierway/cascade/signals.hpp"

namespace tierway::cascade {
namespace {

constexpr std::size_t kWindowBytes = 4096;
// Doubt about the whole answer is said at its start or its end; in the middle it mostly concerns one point.
constexpr std::size_t kOpeningBytes = 200;
constexpr std::size_t kClosingBytes = 300;
constexpr double kMiddleWeight = 0.5;
constexpr double kWeightMax = 4.0;
// A hedge of this many bytes of answer counts double: then the hedge is about all there is.
constexpr double kShortAnswerBytes = 200.0;

constexpr bool is_word_byte(char byte) noexcept {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '\'' ||
           static_cast<unsigned char>(byte) >= 0x80;
}

/// Text as the phrases are written: ASCII lower case, straight apostrophes, single spaces.
class NormalisedWindow {
public:
    explicit NormalisedWindow(std::string_view text) noexcept {
        for (std::size_t i = 0; i < text.size() && size_ < bytes_.size(); ++i) {
            const char byte = text[i];
            if (text.substr(i, 3) == "\xe2\x80\x99") {
                append('\'');
                i += 2;
            } else if (byte == ' ' || (byte >= '\t' && byte <= '\r')) {
                append_space();
            } else {
                append(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte);
            }
        }
    }

    [[nodiscard]] std::string_view text() const noexcept { return {bytes_.data(), size_}; }

private:
    void append(char byte) noexcept { bytes_[size_++] = byte; }
    void append_space() noexcept {
        if (size_ > 0 && bytes_[size_ - 1] != ' ') {
            append(' ');
        }
    }

    // Left uninitialised on purpose: only what was written is read.
    std::array<char, kWindowBytes> bytes_;
    std::size_t size_ = 0;
};

struct Hedges {
    std::size_t count = 0;
    double weight = 0.0;
};

/// The phrase that begins at `start`, or an empty one.
std::string_view phrase_at(std::string_view text, std::size_t start) noexcept {
    const std::string_view rest = text.substr(start);
    if (rest.size() < 2) {
        return {};
    }
    for (const std::string_view phrase : hedging_phrases(rest.front())) {
        // The second byte rules most phrases out without a call.
        if (phrase[1] == rest[1] && rest.starts_with(phrase) &&
            (rest.size() == phrase.size() || !is_word_byte(rest[phrase.size()]))) {
            return phrase;
        }
    }
    return {};
}

/// \param opens  the text holds the answer's start. \param closes the text holds its end.
void count_hedges(std::string_view text, bool opens, bool closes, Hedges& hedges) noexcept {
    bool in_word = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool starts_word = !in_word && is_word_byte(text[i]);
        in_word = is_word_byte(text[i]);
        if (!starts_word) {
            continue;
        }
        const std::string_view phrase = phrase_at(text, i);
        if (phrase.empty()) {
            continue;
        }
        const bool prominent = (opens && i < kOpeningBytes) || (closes && text.size() - i <= kClosingBytes);
        ++hedges.count;
        hedges.weight += prominent ? 1.0 : kMiddleWeight;
        i += phrase.size() - 1;
    }
}

}  // namespace

std::optional<Signal> hedging_signal(const dialect::AnswerChoice& choice) {
    const std::string_view content = choice.content;
    if (content.empty()) {
        return std::nullopt;
    }
    Hedges hedges;
    const bool one_window = content.size() <= kWindowBytes;
    count_hedges(NormalisedWindow(content.substr(0, kWindowBytes)).text(), true, one_window, hedges);
    if (!one_window) {
        const std::size_t start = std::max(kWindowBytes, content.size() - kWindowBytes);
        count_hedges(NormalisedWindow(content.substr(start)).text(), false, true, hedges);
    }
    if (hedges.count == 0) {
        return Signal{SignalKind::Hedging, 1.0, false, "no hedging"};
    }
    const double weight = std::min(hedges.weight, kWeightMax);
    const double score = std::exp(-weight * (1.0 + kShortAnswerBytes / static_cast<double>(content.size())));
    return Signal{SignalKind::Hedging, score, false,
                  "says " + std::to_string(hedges.count) + (hedges.count == 1 ? " time" : " times") + " that it is unsure"};
}

}  // namespace tierway::cascade
