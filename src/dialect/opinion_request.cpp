#include "tierway/dialect/opinion_request.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "tierway/base/json_text.hpp"
#include "tierway/wire/edits.hpp"

namespace tierway::dialect {
namespace {

constexpr std::array<std::string_view, 15> kClientsOwn{
    "stream", "stream_options", "n",        "logprobs", "top_logprobs",     "store",           "metadata",      "user",
    "seed",   "service_tier",   "safety_identifier", "prompt_cache_key", "prediction", "modalities", "audio"};

std::string decimal(double value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

}  // namespace

std::string opinion_request(const ChatRequest& request, std::string_view body, const OpinionTerms& terms) {
    wire::Edits edits;
    std::string added;
    const auto add = [&added](std::string_view name, std::string_view value) {
        added.append(added.empty() ? "" : ",").append("\"").append(name).append("\":").append(value);
    };
    if (terms.samples > 1) {
        add("n", std::to_string(terms.samples));
    }
    if (terms.temperature) {
        add("temperature", decimal(*terms.temperature));
    }
    if (terms.output_limit) {
        add(terms.output_limit_field, std::to_string(*terms.output_limit));
    }
    for (const wire::JsonValue member : request.body) {
        const bool is_limit = member.key_is("max_tokens") || member.key_is("max_completion_tokens");
        const bool is_replaced = (terms.temperature && member.key_is("temperature")) || (terms.output_limit && is_limit);
        const auto has_key = [&member](std::string_view key) { return member.key_is(key); };
        if (is_replaced || std::any_of(kClientsOwn.begin(), kClientsOwn.end(), has_key)) {
            edits.remove_member(request.body, member);
        }
    }
    edits.replace(request.model.range(), terms.model);
    if (!added.empty()) {
        edits.append_member(request.body, added);
    }
    std::string edited;
    edits.append_edited(body, edited);
    return edited;
}

std::string instructed_request(std::string_view model, std::string_view instruction, std::string_view text,
                               std::string_view output_limit_field, std::int64_t output_limit) {
    std::string body = R"({"model":)";
    body.append(model).append(R"(,"messages":[{"role":"system","content":)");
    append_json_string(body, instruction);
    body.append(R"(},{"role":"user","content":)");
    append_json_string(body, text);
    body.append("}],\"").append(output_limit_field).append("\":").append(std::to_string(output_limit)).append("}");
    return body;
}

}  // namespace tierway::dialect
