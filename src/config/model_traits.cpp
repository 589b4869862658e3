#include "config/model_traits.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "config/provider_defaults.hpp"
#include "tierway/base/glob.hpp"

namespace tierway::config {
namespace {

struct Trait {
    std::string_view vendor;  ///< Whose API it is; empty: whoever serves it.
    std::string_view glob;    ///< Of the name in small letters.
    std::optional<Thinking> thinking{};
    Efforts efforts{};
    ChatSupport chat = ChatSupport::Full;
};

constexpr Efforts kLowToHigh{Effort::Low, Effort::Medium, Effort::High};
constexpr Efforts kLowToXHigh{Effort::Low, Effort::Medium, Effort::High, Effort::XHigh};
constexpr Efforts kMediumToXHigh{Effort::Medium, Effort::High, Effort::XHigh};
constexpr Efforts kMinimalToHigh{Effort::Minimal, Effort::Low, Effort::Medium, Effort::High};
constexpr Efforts kNoneToHigh{Effort::None, Effort::Low, Effort::Medium, Effort::High};
constexpr Efforts kNoneToXHigh{Effort::None, Effort::Low, Effort::Medium, Effort::High, Effort::XHigh};
constexpr Efforts kAllThinking{Effort::Low, Effort::Medium, Effort::High, Effort::XHigh, Effort::Max};
constexpr Efforts kNoneOrHigh{Effort::None, Effort::High};

// The first that fits counts.
constexpr std::array kTraits{
    Trait{.vendor = "openai", .glob = "o1-pro*", .efforts = kLowToHigh, .chat = ChatSupport::None},
    Trait{.vendor = "openai", .glob = "o3-pro*", .efforts = kLowToHigh, .chat = ChatSupport::None},
    Trait{.vendor = "openai", .glob = "o1*", .efforts = kLowToHigh},
    Trait{.vendor = "openai", .glob = "o3*", .efforts = kLowToHigh},
    Trait{.vendor = "openai", .glob = "o4*", .efforts = kLowToHigh},
    Trait{.vendor = "openai", .glob = "gpt-5-pro*", .efforts = {Effort::High}, .chat = ChatSupport::None},
    Trait{.vendor = "openai", .glob = "gpt-5.*-pro*", .efforts = kMediumToXHigh, .chat = ChatSupport::None},
    Trait{.vendor = "openai", .glob = "gpt-5*-codex*", .efforts = kLowToXHigh, .chat = ChatSupport::None},
    Trait{.vendor = "openai", .glob = "gpt-5-chat*", .thinking = Thinking::None},
    Trait{.vendor = "openai", .glob = "gpt-5.1*", .efforts = kNoneToHigh},
    Trait{.vendor = "openai", .glob = "gpt-5.5*", .efforts = kNoneToXHigh, .chat = ChatSupport::ToolsWithoutThinking},
    Trait{.vendor = "openai", .glob = "gpt-5.6*", .efforts = kNoneToXHigh, .chat = ChatSupport::ToolsWithoutThinking},
    Trait{.vendor = "openai", .glob = "gpt-5.*", .efforts = kNoneToXHigh},
    Trait{.vendor = "openai", .glob = "gpt-5*", .efforts = kMinimalToHigh},
    Trait{.vendor = "openai", .glob = "gpt-6-astra*", .efforts = kAllThinking, .chat = ChatSupport::NoTools},
    Trait{.vendor = "openai", .glob = "gpt-6.*", .efforts = kAllThinking, .chat = ChatSupport::NoTools},
    Trait{.vendor = "openai", .glob = "gpt-6*", .chat = ChatSupport::ToolsWithoutThinking},
    Trait{.vendor = "openai", .glob = "gpt-4*", .thinking = Thinking::None},
    Trait{.vendor = "openai", .glob = "gpt-3*", .thinking = Thinking::None},

    Trait{.vendor = "groq", .glob = "qwen/*", .efforts = {Effort::None}},
    Trait{.vendor = "mistral", .glob = "magistral*", .thinking = Thinking::None},
    Trait{.vendor = "mistral", .glob = "*", .efforts = kNoneOrHigh},
    Trait{.vendor = "cohere", .glob = "*", .efforts = kNoneOrHigh},
    Trait{.vendor = "deepseek", .glob = "*", .efforts = {Effort::None, Effort::High, Effort::Max}},
    Trait{.vendor = "xai", .glob = "grok-3-mini*", .efforts = {Effort::Low, Effort::High}},
    Trait{.vendor = "xai", .glob = "grok-4.3*", .efforts = kLowToHigh},
    Trait{.vendor = "xai", .glob = "*", .thinking = Thinking::None},
    Trait{.vendor = "ollama", .glob = "*", .efforts = {Effort::None, Effort::Low, Effort::Medium, Effort::High, Effort::Max}},
    Trait{.vendor = "", .glob = "*gpt-oss*", .efforts = kLowToHigh},
    Trait{.vendor = "together", .glob = "*", .thinking = Thinking::None},

    // Anthropic's before 4.6 and Gemini before 3 are given a number of tokens; what came before those does not think.
    Trait{.vendor = "", .glob = "*claude-3-7*", .thinking = Thinking::Budget},
    Trait{.vendor = "", .glob = "*claude-3*", .thinking = Thinking::None},
    Trait{.vendor = "", .glob = "*claude-*-4-0*", .thinking = Thinking::Budget},
    Trait{.vendor = "", .glob = "*claude-*-4-1*", .thinking = Thinking::Budget},
    Trait{.vendor = "", .glob = "*claude-*-4-5*", .thinking = Thinking::Budget},
    Trait{.vendor = "", .glob = "*claude-*-4-2025*", .thinking = Thinking::Budget},
    Trait{.vendor = "", .glob = "*gemini-2.5*", .thinking = Thinking::Budget},
    Trait{.vendor = "", .glob = "*gemini-2*", .thinking = Thinking::None},
    Trait{.vendor = "", .glob = "*gemini-1*", .thinking = Thinking::None},
    Trait{.vendor = "", .glob = "*nova-*-v1*", .thinking = Thinking::None},
};

std::string small_letters(std::string_view text) {
    std::string small(text);
    std::transform(small.begin(), small.end(), small.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return small;
}

}  // namespace

void apply_model_traits(const Provider& provider, std::string_view id, Capabilities& capabilities) {
    // Responses has no vendor's form, but only OpenAI's models have it as its maker words it.
    const std::string_view compatible = provider.compatible_with;
    const std::string_view vendor = provider.dialect == Dialect::OpenAiResponses ? "openai" : compatible;
    const std::string name = small_letters(id);
    const auto* const found = std::find_if(kTraits.begin(), kTraits.end(), [&](const Trait& trait) {
        return (trait.vendor.empty() || trait.vendor == vendor) && glob_matches(trait.glob, name);
    });
    if (found == kTraits.end()) {
        return;
    }
    // That a model does not think at all is nothing that a name could know better.
    if (found->thinking && capabilities.thinking != Thinking::None) {
        capabilities.thinking = *found->thinking;
    }
    capabilities.efforts = found->efforts;
    // Whoever serves models under the same names at another address has no such limits.
    if (is_openai_host(provider.base_url.host)) {
        capabilities.chat = found->chat;
    }
}

void apply_provider_limits(const Provider& provider, Capabilities& capabilities) {
    capabilities.several_choices = capabilities.several_choices && provider.several_choices;
    const bool is_chat = provider.dialect == Dialect::OpenAi || provider.dialect == Dialect::Azure;
    if (is_chat && !provider.responses && capabilities.chat == ChatSupport::NoTools) {
        capabilities.tools = Support::No;
    }
}

}  // namespace tierway::config
