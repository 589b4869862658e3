#include <algorithm>
#include <array>

#include "tierway/dialect/chat_compatibility.hpp"

namespace tierway::dialect {
namespace {

constexpr std::array<std::string_view, 7> kMistral{"service_tier", "user",       "logprobs",      "top_logprobs",
                                                  "logit_bias",   "best_of",    "stream_options"};
// It sells lanes of its own, so `service_tier` stays.
constexpr std::array<std::string_view, 3> kGroq{"logprobs", "top_logprobs", "logit_bias"};
constexpr std::array<std::string_view, 1> kDeepSeek{"service_tier"};
// Its `logprobs` is a number, and its answers hold them in an older form.
constexpr std::array<std::string_view, 3> kTogether{"service_tier", "logprobs", "top_logprobs"};
constexpr std::array<std::string_view, 1> kFireworks{"service_tier"};
// Its models that think refuse penalties.
constexpr std::array<std::string_view, 4> kXai{"service_tier", "presence_penalty", "frequency_penalty", "logit_bias"};
constexpr std::array<std::string_view, 5> kCohere{"service_tier", "user", "top_logprobs", "logit_bias", "parallel_tool_calls"};
constexpr std::array<std::string_view, 4> kCerebras{"service_tier", "presence_penalty", "frequency_penalty", "logit_bias"};
// It ignores whatever it does not know: what is left out here is what a client should be told of.
constexpr std::array<std::string_view, 4> kOllama{"service_tier", "tool_choice", "logit_bias", "parallel_tool_calls"};

constexpr std::array kVendors{
    ChatCompatibility{.vendor = "openai"},
    ChatCompatibility{.vendor = "mistral",
                      .bookkeeping = false,
                      .unsupported = kMistral,
                      .message_names = false,
                      .seed = "random_seed",
                      .developer_role = false,
                      .required_choice = "\"any\"",
                      .short_call_ids = true,
                      .stream_options = false,
                      .content_parts = true},
    ChatCompatibility{
        .vendor = "groq", .bookkeeping = false, .unsupported = kGroq, .message_names = false, .developer_role = false},
    ChatCompatibility{.vendor = "deepseek",
                      .bookkeeping = false,
                      .unsupported = kDeepSeek,
                      .reasoning_member = "reasoning_content",
                      .reasoning_required = true,
                      .developer_role = false,
                      .thinking_switch = true},
    ChatCompatibility{.vendor = "together", .bookkeeping = false, .unsupported = kTogether, .developer_role = false},
    ChatCompatibility{.vendor = "fireworks",
                      .bookkeeping = false,
                      .unsupported = kFireworks,
                      .reasoning_member = "reasoning_content",
                      .developer_role = false},
    ChatCompatibility{.vendor = "xai", .bookkeeping = false, .unsupported = kXai, .developer_role = false},
    ChatCompatibility{
        .vendor = "cohere", .bookkeeping = false, .unsupported = kCohere, .message_names = false, .developer_role = false},
    ChatCompatibility{.vendor = "cerebras", .bookkeeping = false, .unsupported = kCerebras, .developer_role = false},
    ChatCompatibility{.vendor = "ollama",
                      .bookkeeping = false,
                      .unsupported = kOllama,
                      .reasoning_member = "reasoning",
                      .developer_role = false},
    ChatCompatibility{.vendor = "vllm", .reasoning_member = "reasoning", .developer_role = false},
    ChatCompatibility{.vendor = "llama.cpp", .reasoning_member = "reasoning_content", .developer_role = false},
};

}  // namespace

const ChatCompatibility* find_chat_compatibility(std::string_view vendor) noexcept {
    const auto* const found =
        std::find_if(kVendors.begin(), kVendors.end(), [vendor](const ChatCompatibility& each) { return each.vendor == vendor; });
    return found == kVendors.end() ? nullptr : &*found;
}

}  // namespace tierway::dialect
