#include "simulator/task.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "simulator/arithmetic.hpp"
#include "simulator/draws.hpp"
#include "simulator/findings.hpp"
#include "simulator/words.hpp"

namespace tierway::simulator {
namespace {

constexpr std::size_t kTextMax = 64 * 1024;
/// Rewriting repeats its text, so the text is cut to what an answer may sensibly hold.
constexpr std::size_t kRepeatedMax = 4 * 1024;

std::string joined(std::span<const std::string> parts) {
    std::string text;
    for (const std::string& part : parts) {
        text += (text.empty() ? "" : ", ") + part;
    }
    return text.empty() ? "none found" : text;
}

/// A wrong list misses one entry, or holds one that is not there.
std::string joined_wrongly(std::vector<std::string> parts) {
    if (parts.size() > 1) {
        parts.pop_back();
        return joined(parts);
    }
    return parts.empty() ? "info@example.org, 42" : parts.front() + ", info@example.org";
}

void extract(std::string_view text, Task& task) {
    const std::string lower = lowered(text);
    const Findings findings = find_in(payload_of(text));
    const std::vector<std::string>* wanted = &findings.names;
    if (lower.find("mail") != std::string::npos) {
        wanted = &findings.emails;
    } else if (has_any_word_start(lower, {"url", "link"})) {
        wanted = &findings.links;
    } else if (has_word_start(lower, "date")) {
        wanted = &findings.dates;
    } else if (has_any_word_start(lower, {"number", "amount", "price", "figure", "total"})) {
        wanted = &findings.numbers;
    }
    task.computed = wanted != &findings.names;
    task.value = joined(*wanted);
    task.right = task.value;
    task.wrong = joined_wrongly(*wanted);
}

void classify(std::string_view text, Task& task) {
    const std::string_view payload = payload_of(text);
    const std::string lower = lowered(text);
    if (has_word(lower, "spam")) {
        const bool spam =
            has_any_word_start(lowered(payload), {"free", "winner", "prize", "click here", "lottery", "urgent", "crypto"});
        task.value = spam ? "spam" : "not spam";
        task.wrong = spam ? "not spam" : "spam";
    } else {
        const std::string_view sentiment = sentiment_of(payload);
        task.value = sentiment;
        task.wrong = sentiment == "positive" ? "negative" : (sentiment == "negative" ? "neutral" : "positive");
    }
    task.computed = true;
    task.right = task.value;
}

void calculate(double result, Draws draws, Task& task) {
    static constexpr std::array<double, 6> kSlips{1.0, -1.0, 10.0, -10.0, 2.0, 100.0};
    task.computed = true;
    task.value = number_text(result);
    task.right = "The answer is " + task.value + ".";
    task.wrong = "The answer is " + number_text(result + kSlips[draws.index(kSlips.size())]) + ".";
    if (task.wrong == task.right) {
        task.wrong = "The answer is 7.";
    }
}

void rewrite(std::string_view text, Task& task) {
    const std::string_view payload = payload_of(text);
    const std::string_view kept = payload.substr(0, utf8_cut(payload, kRepeatedMax));
    static constexpr std::array<std::string_view, 5> kLanguages{"french", "german", "spanish", "italian", "english"};
    const std::string lower = lowered(text);
    const auto* language =
        std::find_if(kLanguages.begin(), kLanguages.end(), [&lower](std::string_view name) { return has_word(lower, name); });
    std::string changed(kept);
    if (!changed.empty() && changed.front() >= 'a' && changed.front() <= 'z') {
        changed.front() = static_cast<char>(changed.front() - 'a' + 'A');
    }
    if (!changed.empty() && changed.back() != '.' && changed.back() != '!' && changed.back() != '?') {
        changed += '.';
    }
    if (language != kLanguages.end()) {
        changed = "(in simulated " + std::string(*language) + ") " + changed;
    }
    const auto words = words_of(kept);
    task.value = changed;
    task.right = changed;
    task.wrong = words.empty() ? "..." : "It says " + std::string(words.front()) + ".";
}

void summarize(std::string_view text, Task& task) {
    const auto sentences = sentences_of(payload_of(text));
    const std::string first(sentences.empty() ? "There is nothing to summarize." : sentences.front());
    task.value = first.substr(0, utf8_cut(first, kRepeatedMax));
    task.right = task.value;
    task.wrong = "The text is about the opening of a new harbour in " + topic_of(text) + ".";
}

/// Canned answers. They name the subject, so that different questions get different texts.
struct Canned {
    std::string_view before;
    std::string_view after;
};

std::string fill(const Canned& canned, const std::string& topic) {
    return std::string(canned.before) + topic + std::string(canned.after);
}

void say(TaskKind kind, std::string_view text, Draws draws, Task& task) {
    static constexpr std::array<Canned, 3> kChat{
        {{"Happy to help with ", ". This is a simulated reply; tell me more and I will go on."},
         {"Thanks for telling me about ", ". A simulator wrote this, but it listened closely."},
         {"Sure, let us talk about ", ". Which part matters most to you?"}}};
    static constexpr std::array<Canned, 3> kOpenQa{
        {{"In short, ", " is well documented: it depends on where and when one looks. (Simulated.)"},
         {"The usual answer on ", " is that several causes act together. (Simulated.)"},
         {"Regarding ", ", the record is clear and the main facts agree. (Simulated.)"}}};
    static constexpr std::array<Canned, 2> kCode{
        {{"```python\ndef solve(items):\n    \"\"\"Handles ", ".\"\"\"\n    return sorted(set(items))\n```"},
         {"```python\ndef run(value):\n    # ", "\n    return value is not None\n```"}}};
    static constexpr std::array<Canned, 2> kReasoning{
        {{"Step 1: state what is given about ", ". Step 2: rule out the other case. So the claim holds."},
         {"First take ", " as given. The opposite leads to a contradiction, hence it follows."}}};
    static constexpr std::array<Canned, 2> kCreative{
        {{"A lamp, a road, and ", ";\nthe evening folds its paper wings\nand carries both of us along."},
         {"Once there was ", ", and the wind kept its name\nuntil the morning asked for it."}}};
    const std::string topic = topic_of(text);
    std::span<const Canned> texts = kChat;
    if (kind == TaskKind::OpenQa) {
        texts = kOpenQa;
    } else if (kind == TaskKind::Code) {
        texts = kCode;
    } else if (kind == TaskKind::Reasoning) {
        texts = kReasoning;
    } else if (kind == TaskKind::CreativeWriting) {
        texts = kCreative;
    }
    task.right = fill(texts[draws.index(texts.size())], topic);
    task.value = task.right;
    static constexpr std::array<Canned, 2> kWrong{{{"Everybody knows that ", " was invented in 1850 by accident."},
                                                   {"No: ", " does not exist, so the question has no answer."}}};
    task.wrong = kind == TaskKind::Code ? "```python\ndef solve(items)\n    return items[len(items)]\n```"
                                        : fill(kWrong[draws.index(kWrong.size())], topic);
}

}  // namespace

Task find_task(std::string_view text) {
    text = trimmed(text.substr(0, utf8_cut(text, kTextMax)));
    Task task;
    task.kind = kind_of(text);
    const Draws draws(stable_hash(text));
    switch (task.kind) {
        case TaskKind::Extraction:
            extract(text, task);
            break;
        case TaskKind::Classification:
            classify(text, task);
            break;
        case TaskKind::Rewriting:
            rewrite(text, task);
            break;
        case TaskKind::Summarization:
            summarize(text, task);
            break;
        case TaskKind::Math:
            calculate(solve(lowered(text)).value_or(0.0), draws, task);
            break;
        default:
            say(task.kind, text, draws, task);
            break;
    }
    return task;
}

}  // namespace tierway::simulator
