#include "simulator/task_kind.hpp"

#include "simulator/arithmetic.hpp"
#include "simulator/words.hpp"

namespace tierway::simulator {
namespace {

bool is_code(std::string_view lower) {
    return lower.find("```") != std::string_view::npos || lower.find("c++") != std::string_view::npos ||
           has_any_word(lower, {"python", "javascript", "typescript", "rust", "golang", "sql", "regex", "bash"}) ||
           has_any_word_start(lower, {"write a function", "implement ", "debug ", "refactor", "unit test", "code ", "compil"});
}

bool is_question(std::string_view lower) {
    return has_any_word_start(lower.substr(0, lower.find_first_of(" \n")),
                              {"what", "who", "when", "where", "which", "how", "is", "are", "does", "do", "can", "did"}) ||
           (!lower.empty() && lower.back() == '?');
}

}  // namespace

std::string_view name_of(TaskKind kind) noexcept {
    switch (kind) {
        case TaskKind::Extraction:
            return "extraction";
        case TaskKind::Classification:
            return "classification";
        case TaskKind::Rewriting:
            return "rewriting";
        case TaskKind::Summarization:
            return "summarization";
        case TaskKind::Chat:
            return "chat";
        case TaskKind::OpenQa:
            return "open_qa";
        case TaskKind::Code:
            return "code";
        case TaskKind::Math:
            return "math";
        case TaskKind::Reasoning:
            return "reasoning";
        case TaskKind::CreativeWriting:
            return "creative_writing";
        case TaskKind::ToolUse:
            return "tool_use";
    }
    return "chat";
}

TaskKind kind_of(std::string_view text) {
    const std::string all = lowered(text);
    const std::string_view lower = trimmed(all);
    if (has_any_word_start(lower, {"extract", "pull out", "list all", "find all"})) {
        return TaskKind::Extraction;
    }
    if (has_any_word_start(lower,
                           {"classif", "sentiment", "categori", "positive or negative", "label the", "label this", "spam or"})) {
        return TaskKind::Classification;
    }
    if (has_any_word_start(
            lower, {"translat", "rewrit", "rephras", "paraphras", "proofread", "fix the grammar", "correct the grammar"})) {
        return TaskKind::Rewriting;
    }
    if (has_any_word_start(lower, {"summar", "tl;dr", "tldr", "condense"})) {
        return TaskKind::Summarization;
    }
    if (is_code(lower)) {
        return TaskKind::Code;
    }
    if (has_any_word(lower, {"poem", "haiku", "limerick", "slogan", "lyrics", "sonnet"}) ||
        has_any_word_start(lower, {"write a story", "write a short story", "tell me a story", "write a song"})) {
        return TaskKind::CreativeWriting;
    }
    // A deduction may well hold numbers, so its tell-tale words come before the look for a sum.
    if (has_any_word_start(
            lower, {"step by step", "prove ", "puzzle", "riddle", "deduc", "if all ", "explain why", "reason ", "logical"})) {
        return TaskKind::Reasoning;
    }
    if (solve(lower)) {
        return TaskKind::Math;
    }
    return is_question(lower) ? TaskKind::OpenQa : TaskKind::Chat;
}

}  // namespace tierway::simulator
