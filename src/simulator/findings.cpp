#include "simulator/findings.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "simulator/words.hpp"

namespace tierway::simulator {
namespace {

constexpr std::size_t kTextMax = 64 * 1024;
constexpr std::size_t kEntriesMax = 64;

std::vector<std::string> matches(std::string_view text, const re2::RE2& pattern) {
    std::vector<std::string> found;
    re2::StringPiece rest(text.data(), text.size());
    std::string match;
    while (found.size() < kEntriesMax && re2::RE2::FindAndConsume(&rest, pattern, &match)) {
        if (std::find(found.begin(), found.end(), match) == found.end()) {
            found.push_back(match);
        }
    }
    return found;
}

bool contains(const auto& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

Findings find_in(std::string_view text) {
    static const re2::RE2 kEmail(R"(([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}))");
    static const re2::RE2 kLink(R"((https?://[^\s"'<>),]+[^\s"'<>),.;:!?]))");
    static const re2::RE2 kDate(R"(\b([0-9]{4}-[0-9]{2}-[0-9]{2})\b)");
    static const re2::RE2 kNumber(R"((?:^|[^A-Za-z0-9_.@-])(-?[0-9]+(?:\.[0-9]+)?)\b)");
    static const re2::RE2 kName(R"([a-z0-9,;:"'(] ?([A-Z][a-z]+(?: [A-Z][a-z]+)*))");
    text = text.substr(0, utf8_cut(text, kTextMax));
    Findings findings;
    findings.emails = matches(text, kEmail);
    findings.links = matches(text, kLink);
    findings.dates = matches(text, kDate);
    findings.numbers = matches(text, kNumber);
    findings.names = matches(text, kName);
    return findings;
}

std::string_view sentiment_of(std::string_view text) {
    static constexpr std::array<std::string_view, 24> kGood{
        "good",    "great",     "excellent", "love",      "loved",   "wonderful", "happy",    "best",
        "amazing", "fantastic", "perfect",   "nice",      "pleased", "enjoyed",   "helpful",  "fast",
        "superb",  "brilliant", "delighted", "recommend", "works",   "beautiful", "friendly", "like"};
    static constexpr std::array<std::string_view, 24> kBad{
        "bad",    "terrible", "awful",   "hate",   "hated",      "horrible", "sad",   "worst",
        "poor",   "broken",   "useless", "slow",   "angry",      "rude",     "late",  "disappointed",
        "refund", "never",    "waste",   "failed", "disgusting", "annoying", "dirty", "boring"};
    int balance = 0;
    bool negated = false;
    const std::string lower = lowered(text.substr(0, kTextMax));
    for (const std::string_view word : words_of(lower)) {
        const int weight = contains(kGood, word) ? 1 : (contains(kBad, word) ? -1 : 0);
        balance += negated ? -weight : weight;
        negated = word == "not" || word == "isn" || word == "wasn" || word == "don" || word == "didn" || (negated && word == "t");
    }
    return balance > 0 ? "positive" : (balance < 0 ? "negative" : "neutral");
}

}  // namespace tierway::simulator
