#include "gateway/shadow/shadow_row.hpp"

#include "tierway/base/json_text.hpp"
#include "tierway/base/time_text.hpp"
#include "tierway/base/utf8.hpp"
#include "tierway/cascade/final_answer.hpp"

namespace tierway::gateway {
namespace {

constexpr std::size_t kTextBytesMax = std::size_t{64} * 1024;
/// Rows need a prompt; this one says why there is none.
constexpr std::string_view kNotKept = "(not kept)";

void append_text(std::string& line, std::string_view name, std::string_view text) {
    line.append(",\"").append(name).append("\":");
    append_json_string(line, text.substr(0, utf8_cut(text, kTextBytesMax)));
}

void append_answer(std::string& line, const ShadowAnswer& side, std::string_view field, bool keep_text) {
    append_json_string(line, side.model);
    const dialect::TokenUsage usage = side.answer.usage.value_or(dialect::TokenUsage());
    line.append(":{\"acceptable\":").append(side.acceptable ? "1" : "0");
    line.append(",\"prompt_tokens\":").append(std::to_string(usage.prompt));
    line.append(",\"completion_tokens\":").append(std::to_string(usage.completion));
    if (keep_text && !side.answer.choices.empty()) {
        append_text(line, "text", side.answer.choices.front().content);
        if (const auto final_answer = cascade::final_answer(side.answer.choices.front(), field)) {
            append_text(line, "final", final_answer->text);
        }
    }
    line += '}';
}

}  // namespace

std::string shadow_line(const ShadowRow& row, bool keep_text) {
    std::string line = "{\"id\":";
    append_json_string(line, row.id);
    append_text(line, "at", rfc3339(row.at));
    append_text(line, "suite", "shadow");
    append_text(line, "class", row.request_class);
    append_text(line, "judged_by", row.judged_by);
    append_text(line, "policy", row.policy);
    append_text(line, "prompt", keep_text && !row.prompt.empty() ? row.prompt : kNotKept);
    line += ",\"answers\":{";
    append_answer(line, row.kept, row.answer_field, keep_text);
    line += ',';
    append_answer(line, row.better, row.answer_field, keep_text);
    if (row.second) {
        line += ',';
        append_answer(line, *row.second, row.answer_field, keep_text);
    }
    return line + "}}";
}

}  // namespace tierway::gateway
