#include "dialect/gemini/token_logprobs.hpp"

#include "tierway/base/json_writer.hpp"

namespace tierway::dialect::gemini {
namespace {

constexpr std::size_t kTopMax = 20;
/// What Chat Completions writes for "very unlikely".
constexpr std::string_view kLeast = "-9999.0";

void write_members(JsonWriter& json, const wire::JsonValue& candidate) {
    const wire::JsonValue logprob = candidate.find("logProbability");
    json.text("token", candidate.find("token").to_string());
    json.raw("logprob", logprob.kind() == wire::JsonKind::Number ? logprob.raw() : kLeast).null("bytes");
}

}  // namespace

JsonText token_logprobs(const wire::JsonValue& logprobs_result) {
    const wire::JsonValue chosen = logprobs_result.find("chosenCandidates");
    if (!chosen.is_array() || chosen.size() == 0) {
        return {};
    }
    // Both lists have one element for each token; they are walked together, since each look-up by position is linear.
    const wire::JsonValue top = logprobs_result.find("topCandidates");
    auto alternatives = top.begin();
    const auto alternatives_end = top.end();
    JsonText out;
    JsonWriter json(out);
    json.begin_array();
    for (const wire::JsonValue token : chosen) {
        json.begin_object();
        write_members(json, token);
        json.key("top_logprobs").begin_array();
        if (top.is_array() && !(alternatives == alternatives_end)) {
            std::size_t count = 0;
            for (const wire::JsonValue candidate : (*alternatives).find("candidates")) {
                if (++count > kTopMax) {
                    break;
                }
                json.begin_object();
                write_members(json, candidate);
                json.end_object();
            }
            ++alternatives;
        }
        json.end_array().end_object();
    }
    json.end_array();
    return out;
}

}  // namespace tierway::dialect::gemini
