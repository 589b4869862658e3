#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace tierway::simulator {

/// ASCII letters lowered, everything else as it is.
std::string lowered(std::string_view text);
/// Without surrounding ASCII white space.
std::string_view trimmed(std::string_view text) noexcept;

/// Whether `phrase` occurs with no letter, digit or underscore right before it; it may go on ("summar" finds "summarize").
bool has_word_start(std::string_view text, std::string_view phrase) noexcept;
bool has_any_word_start(std::string_view text, std::initializer_list<std::string_view> phrases) noexcept;
/// Whether `word` occurs as a whole word.
bool has_word(std::string_view text, std::string_view word) noexcept;
bool has_any_word(std::string_view text, std::initializer_list<std::string_view> words) noexcept;

/// Runs of letters, digits and non-ASCII bytes, in order.
std::vector<std::string_view> words_of(std::string_view text);
/// Sentences with their end marks, without surrounding white space.
std::vector<std::string_view> sentences_of(std::string_view text);

/// What the instruction is about: the text behind the first colon or line feed, or inside double quotes; else all of it.
std::string_view payload_of(std::string_view text) noexcept;
/// Up to three of the longer words of the text, as a name for its subject; "this" when there are none.
std::string topic_of(std::string_view text);

/// The largest size not above `bytes` at which a UTF-8 text can be cut without splitting a character.
std::size_t utf8_cut(std::string_view text, std::size_t bytes) noexcept;

}  // namespace tierway::simulator
