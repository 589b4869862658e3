#include "dialect/request_loss.hpp"

#include <algorithm>
#include <string>

namespace tierway::dialect {

void omit(Omissions& omissions, std::string_view parameter) {
    if (std::find(omissions.begin(), omissions.end(), parameter) == omissions.end()) {
        omissions.push_back(parameter);
    }
}

void omit_openai_preferences(const Conversation& conversation, Omissions& omissions) {
    const auto omit_if = [&omissions](bool stated, std::string_view parameter) {
        if (stated) {
            omit(omissions, parameter);
        }
    };
    omit_if(!conversation.logit_bias.empty(), "logit_bias");
    omit_if(!conversation.verbosity.empty(), "verbosity");
    omit_if(!conversation.user.empty(), "user");
    omit_if(!conversation.prompt_cache_key.empty(), "prompt_cache_key");
    omit_if(!conversation.metadata.empty(), "metadata");
    omit_if(conversation.store.value_or(false), "store");
    omit_if(!conversation.parallel_tool_calls.value_or(true) && !conversation.tools.empty(), "parallel_tool_calls");
}

Result<void> check_expressible(const Conversation& conversation, std::int64_t choices_max) {
    if (!conversation.only_native.empty()) {
        return unsupported_parameter(conversation.only_native,
                                     "The model that would answer is reached by another API, which does not have it.");
    }
    if (conversation.choices > choices_max) {
        return unsupported_parameter("n", "The model that would answer gives at most " + std::to_string(choices_max) +
                                              " choices for one request. Ask several times instead.");
    }
    for (const ToolDefinition& tool : conversation.tools) {
        if (tool.custom) {
            return unsupported_parameter(
                "tools", "The model that would answer takes functions only, not the custom tool '" + tool.name + "'.");
        }
    }
    return {};
}

}  // namespace tierway::dialect
