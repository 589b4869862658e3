#include "simulator/verdict.hpp"

namespace tierway::simulator {
namespace {

constexpr std::string_view kRequestMark = "<request-";
constexpr std::string_view kAnswerMark = "<answer-";
constexpr std::string_view kUser = "user: ";

/// What stands between a mark and its closing one; empty without them.
std::string_view marked(std::string_view text, std::string_view mark) {
    const std::size_t opens = text.find(mark);
    const std::size_t begin = opens == std::string_view::npos ? opens : text.find('\n', opens);
    if (begin == std::string_view::npos) {
        return {};
    }
    const std::string closing = "\n</" + std::string(text.substr(opens + 1, begin - opens - 1));
    const std::size_t end = text.find(closing, begin);
    return end == std::string_view::npos || end == begin ? std::string_view() : text.substr(begin + 1, end - begin - 1);
}

}  // namespace

std::optional<JudgedAnswer> find_judged_answer(std::string_view question) {
    if (!question.starts_with(kRequestMark)) {
        return std::nullopt;
    }
    const std::string_view request = marked(question, kRequestMark);
    const std::size_t newest = request.rfind(kUser);
    if (newest == std::string_view::npos) {
        return std::nullopt;
    }
    JudgedAnswer judged;
    judged.task = find_task(request.substr(newest + kUser.size()));
    judged.right = marked(question, kAnswerMark).find(judged.task.value) != std::string_view::npos;
    return judged;
}

std::string verdict_text(bool correct) {
    return std::string(R"({"correct": )") + (correct ? "true" : "false") + R"(, "confidence": 0.9})";
}

}  // namespace tierway::simulator
