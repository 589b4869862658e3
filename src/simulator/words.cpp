#include "simulator/words.hpp"

#include <algorithm>
#include <array>

namespace tierway::simulator {
namespace {

constexpr std::size_t kTopicWords = 3;
constexpr std::size_t kTopicScanMax = 200;

bool is_word_byte(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool joins_words(char c) noexcept {
    return is_word_byte(c) || c == '_';
}

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool ends_sentence(std::string_view text, std::size_t i) noexcept {
    return (text[i] == '.' || text[i] == '!' || text[i] == '?') && (i + 1 == text.size() || is_space(text[i + 1]));
}

}  // namespace

std::string lowered(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return lower;
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

bool has_word_start(std::string_view text, std::string_view phrase) noexcept {
    for (std::size_t at = text.find(phrase); at != std::string_view::npos; at = text.find(phrase, at + 1)) {
        if (at == 0 || !joins_words(text[at - 1])) {
            return true;
        }
    }
    return false;
}

bool has_any_word_start(std::string_view text, std::initializer_list<std::string_view> phrases) noexcept {
    return std::any_of(phrases.begin(), phrases.end(), [text](std::string_view phrase) { return has_word_start(text, phrase); });
}

bool has_word(std::string_view text, std::string_view word) noexcept {
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !joins_words(text[at - 1])) && (end == text.size() || !joins_words(text[end]))) {
            return true;
        }
    }
    return false;
}

bool has_any_word(std::string_view text, std::initializer_list<std::string_view> words) noexcept {
    return std::any_of(words.begin(), words.end(), [text](std::string_view word) { return has_word(text, word); });
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t i = 0; i < text.size();) {
        if (!is_word_byte(text[i])) {
            ++i;
            continue;
        }
        const std::size_t begin = i;
        while (i < text.size() && is_word_byte(text[i])) {
            ++i;
        }
        words.push_back(text.substr(begin, i - begin));
    }
    return words;
}

std::vector<std::string_view> sentences_of(std::string_view text) {
    std::vector<std::string_view> sentences;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool at_end = ends_sentence(text, i);
        if (at_end || text[i] == '\n' || i + 1 == text.size()) {
            const std::string_view sentence = trimmed(text.substr(begin, i + 1 - begin));
            if (!sentence.empty()) {
                sentences.push_back(sentence);
            }
            begin = i + 1;
        }
    }
    return sentences;
}

std::string_view payload_of(std::string_view text) noexcept {
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] == '\n' || (text[i] == ':' && is_space(text[i + 1]))) {
            const std::string_view rest = trimmed(text.substr(i + 1));
            if (!rest.empty()) {
                return rest;
            }
        }
    }
    const std::size_t open = text.find('"');
    if (open != std::string_view::npos) {
        const std::size_t close = text.find('"', open + 1);
        if (close != std::string_view::npos && close > open + 1) {
            return text.substr(open + 1, close - open - 1);
        }
    }
    return trimmed(text);
}

std::string topic_of(std::string_view text) {
    static constexpr std::array<std::string_view, 16> kCommon{"what",  "which", "please", "could", "would", "should",
                                                              "about", "there", "their",  "where", "when",  "explain",
                                                              "this",  "that",  "with",   "write"};
    std::string topic;
    std::size_t taken = 0;
    std::size_t seen = 0;
    for (const std::string_view word : words_of(text)) {
        if (++seen > kTopicScanMax || taken == kTopicWords) {
            break;
        }
        const std::string lower = lowered(word);
        if (word.size() < 4 || word.size() > 40 || std::find(kCommon.begin(), kCommon.end(), lower) != kCommon.end()) {
            continue;
        }
        topic += taken++ == 0 ? "" : " ";
        topic += word;
    }
    return topic.empty() ? "this" : topic;
}

std::size_t utf8_cut(std::string_view text, std::size_t bytes) noexcept {
    if (bytes >= text.size()) {
        return text.size();
    }
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0U) == 0x80U) {
        --bytes;
    }
    return bytes;
}

}  // namespace tierway::simulator
