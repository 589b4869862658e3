#include "tierway/classify/ask_measures.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace tierway::classify {
namespace {

constexpr std::size_t kWordBytesMax = 32;
constexpr double kNumberMax = 1e9;

const std::unordered_map<std::string_view, AskMeasure>& word_kinds() {
    using enum AskMeasure;
    static const std::unordered_map<std::string_view, AskMeasure> kinds = {
        {"half", Multiples},     {"twice", Multiples},     {"third", Multiples},    {"quarter", Multiples}, {"times", Multiples},
        {"double", Multiples},   {"triple", Multiples},    {"if", Rates},           {"each", Rates},        {"every", Rates},
        {"per", Rates},          {"more", Comparisons},    {"less", Comparisons},   {"fewer", Comparisons}, {"than", Comparisons},
        {"total", Totals},       {"altogether", Totals},   {"all", Totals},         {"combined", Totals},   {"one", NumberWords},
        {"two", NumberWords},    {"three", NumberWords},   {"four", NumberWords},   {"five", NumberWords},  {"six", NumberWords},
        {"seven", NumberWords},  {"eight", NumberWords},   {"nine", NumberWords},   {"ten", NumberWords},   {"remaining", Remainders},
        {"left", Remainders},    {"rest", Remainders},     {"not", Negations},      {"except", Negations},  {"never", Negations},
        {"without", Negations}};
    return kinds;
}

bool is_blank(char byte) noexcept {
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}
bool is_digit(char byte) noexcept {
    return byte >= '0' && byte <= '9';
}
bool ends_sentence(char byte) noexcept {
    return byte == '.' || byte == '!' || byte == '?';
}

/// One pass over the text, word by word.
class Counter {
public:
    void add_word(std::string_view word, bool ends_text) {
        ++words_;
        ++sentence_words_;
        word_bytes_ += word.size();
        const bool ends = ends_sentence(word.back()) || ends_text;
        take_numbers(word);
        while (!word.empty() && std::string_view(".,?!;:").find(word.back()) != std::string_view::npos) {
            word.remove_suffix(1);
        }
        std::string lower(word.substr(0, kWordBytesMax));
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte; });
        if (const auto kind = word_kinds().find(lower); kind != word_kinds().end()) {
            at(kind->second) += 1.0;
        }
        different_words_.insert(std::move(lower));
        if (ends) {
            at(AskMeasure::Sentences) += 1.0;
            longest_sentence_ = std::max(longest_sentence_, sentence_words_);
            sentence_words_ = 0;
        }
    }

    AskMeasures finish(std::string_view text) {
        const auto words = static_cast<double>(std::max<std::size_t>(words_, 1));
        at(AskMeasure::Bytes) = std::log1p(static_cast<double>(text.size()));
        at(AskMeasure::Words) = std::log1p(static_cast<double>(words_));
        at(AskMeasure::Numbers) = std::log1p(static_cast<double>(numbers_));
        at(AskMeasure::DifferentNumbers) = std::log1p(static_cast<double>(different_numbers_.size()));
        at(AskMeasure::LongestSentence) = std::log1p(static_cast<double>(longest_sentence_));
        at(AskMeasure::GreatestNumber) = std::log1p(greatest_number_);
        at(AskMeasure::WordLength) = static_cast<double>(word_bytes_) / words;
        at(AskMeasure::Questions) = static_cast<double>(std::count(text.begin(), text.end(), '?'));
        at(AskMeasure::Commas) = static_cast<double>(std::count(text.begin(), text.end(), ','));
        at(AskMeasure::Money) = text.find('$') != std::string_view::npos ? 1.0 : 0.0;
        at(AskMeasure::Percent) = text.find('%') != std::string_view::npos ? 1.0 : 0.0;
        at(AskMeasure::Fractions) = text.find('/') != std::string_view::npos ? 1.0 : 0.0;
        at(AskMeasure::Variety) = static_cast<double>(different_words_.size()) / words;
        return measures_;
    }

private:
    double& at(AskMeasure measure) noexcept { return measures_[static_cast<std::size_t>(measure)]; }

    void take_numbers(std::string_view word) {
        for (std::size_t i = 0; i < word.size();) {
            if (!is_digit(word[i])) {
                ++i;
                continue;
            }
            std::string number;
            for (; i < word.size() && (is_digit(word[i]) || word[i] == ',' || word[i] == '.'); ++i) {
                if (word[i] != ',' && number.size() < kWordBytesMax) {
                    number.push_back(word[i]);
                }
            }
            while (!number.empty() && number.back() == '.') {
                number.pop_back();
            }
            if (number.find('.') != std::string::npos) {
                at(AskMeasure::Decimals) = 1.0;
            }
            double value = 0.0;
            std::from_chars(number.data(), number.data() + number.size(), value);
            greatest_number_ = std::max(greatest_number_, std::min(value, kNumberMax));
            ++numbers_;
            different_numbers_.insert(std::move(number));
        }
    }

    AskMeasures measures_{};
    std::size_t words_ = 0;
    std::size_t word_bytes_ = 0;
    std::size_t sentence_words_ = 0;
    std::size_t longest_sentence_ = 0;
    std::size_t numbers_ = 0;
    double greatest_number_ = 0.0;
    std::unordered_set<std::string> different_words_;
    std::unordered_set<std::string> different_numbers_;
};

}  // namespace

AskMeasures measure_ask(std::string_view ask) {
    Counter counter;
    for (std::size_t i = 0; i < ask.size();) {
        if (is_blank(ask[i])) {
            ++i;
            continue;
        }
        const std::size_t begin = i;
        while (i < ask.size() && !is_blank(ask[i])) {
            ++i;
        }
        counter.add_word(ask.substr(begin, i - begin), i == ask.size());
    }
    return counter.finish(ask);
}

}  // namespace tierway::classify
