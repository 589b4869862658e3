#include "tierway/gateway/explain.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "gateway/runtime.hpp"
#include "tierway/base/did_you_mean.hpp"
#include "tierway/decision/explanation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::gateway {
namespace {

using wire::JsonValue;

constexpr std::string_view kHowToAsk = R"( Send {"prompt": "…"} or {"request": {…}}, and `model`, `class` and `key` if you like.)";

Error wrong(const std::string& problem) {
    return Error::downstream(ErrorKind::InvalidRequest, "question_invalid", problem + std::string(kHowToAsk));
}

Result<void> check_members(const JsonValue& root) {
    constexpr std::array<std::string_view, 5> kMembers{"prompt", "request", "model", "class", "key"};
    if (!root.is_object()) {
        return wrong("The question must be a JSON object.");
    }
    std::string scratch;
    for (const JsonValue member : root) {
        const std::string_view key = member.key(scratch);
        if (std::find(kMembers.begin(), kMembers.end(), key) == kMembers.end()) {
            return wrong("The question has a member that is not known." + did_you_mean(key, kMembers));
        }
        if (key == "request" ? !member.is_object() : !member.is_string()) {
            return wrong("`" + std::string(key) + "` must be " + (key == "request" ? "an object." : "a string."));
        }
    }
    if (root.find("prompt").exists() == root.find("request").exists()) {
        return wrong("The question needs either `prompt` or `request`.");
    }
    if (root.find("request").exists() && root.find("model").exists()) {
        return wrong("A `request` names its model itself; leave `model` out.");
    }
    return {};
}

}  // namespace

Result<std::string> explain_json(const RuntimeHandle& runtime, std::string_view question) {
    wire::JsonParser parser;
    const auto root = parser.parse(question);
    if (!root) {
        return root.error();
    }
    if (const auto checked = check_members(*root); !checked) {
        return checked.error();
    }
    const JsonValue prompt = root->find("prompt");
    const std::string model = root->find("model").exists() ? root->find("model").to_string() : "auto";
    const std::string body =
        prompt.exists() ? decision::chat_of_prompt(prompt.to_string(), model) : std::string(root->find("request").raw());
    const std::string key = root->find("key").to_string();
    const std::string declared_class = root->find("class").to_string();
    const decision::Question asked{body, key, declared_class};
    const auto explained = decision::explain(runtime->snapshot(), runtime->classifier(), runtime->gains(), asked,
                                             std::chrono::steady_clock::now());
    if (!explained) {
        return explained.error();
    }
    return explained->dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace tierway::gateway
