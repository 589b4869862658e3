#include "tierway/config/known_providers.hpp"

#include <algorithm>
#include <array>

namespace tierway::config {
namespace {

constexpr std::array<std::string_view, 1> kOpenAiKeys{"OPENAI_API_KEY"};
constexpr std::array<std::string_view, 1> kAnthropicKeys{"ANTHROPIC_API_KEY"};
constexpr std::array<std::string_view, 2> kGoogleKeys{"GEMINI_API_KEY", "GOOGLE_API_KEY"};
constexpr std::array<std::string_view, 1> kMistralKeys{"MISTRAL_API_KEY"};
constexpr std::array<std::string_view, 1> kGroqKeys{"GROQ_API_KEY"};
constexpr std::array<std::string_view, 1> kDeepSeekKeys{"DEEPSEEK_API_KEY"};
constexpr std::array<std::string_view, 1> kTogetherKeys{"TOGETHER_API_KEY"};
constexpr std::array<std::string_view, 1> kFireworksKeys{"FIREWORKS_API_KEY"};
constexpr std::array<std::string_view, 1> kOpenRouterKeys{"OPENROUTER_API_KEY"};
constexpr std::array<std::string_view, 1> kXaiKeys{"XAI_API_KEY"};
constexpr std::array<std::string_view, 2> kCohereKeys{"COHERE_API_KEY", "CO_API_KEY"};
constexpr std::array<std::string_view, 1> kCerebrasKeys{"CEREBRAS_API_KEY"};
// Beside the pair of keys that requests can be signed with.
constexpr std::array<std::string_view, 1> kBedrockKeys{"AWS_BEARER_TOKEN_BEDROCK"};

constexpr auto kOlder = OutputLimitField::MaxTokens;
constexpr auto kNewer = OutputLimitField::MaxCompletionTokens;

constexpr std::array kKnown{
    KnownProvider{.name = "anthropic",
                  .dialect = Dialect::Anthropic,
                  .base_url = "https://api.anthropic.com",
                  .key_variables = kAnthropicKeys,
                  .several_choices = false},
    KnownProvider{.name = "bedrock",
                  .dialect = Dialect::Bedrock,
                  .base_url = "https://bedrock-runtime.${AWS_REGION}.amazonaws.com",
                  .key_variables = kBedrockKeys,
                  .several_choices = false},
    KnownProvider{.name = "cerebras", .base_url = "https://api.cerebras.ai/v1", .key_variables = kCerebrasKeys},
    KnownProvider{.name = "cohere",
                  .base_url = "https://api.cohere.ai/compatibility/v1",
                  .key_variables = kCohereKeys,
                  .output_limit = kOlder,
                  .several_choices = false},
    KnownProvider{.name = "deepseek",
                  .base_url = "https://api.deepseek.com",
                  .key_variables = kDeepSeekKeys,
                  .output_limit = kOlder,
                  .several_choices = false},
    KnownProvider{.name = "fireworks",
                  .base_url = "https://api.fireworks.ai/inference/v1",
                  .key_variables = kFireworksKeys,
                  .output_limit = kOlder},
    KnownProvider{.name = "google",
                  .dialect = Dialect::Gemini,
                  .base_url = "https://generativelanguage.googleapis.com/v1beta",
                  .key_variables = kGoogleKeys},
    KnownProvider{.name = "groq",
                  .base_url = "https://api.groq.com/openai/v1",
                  .key_variables = kGroqKeys,
                  .several_choices = false},
    KnownProvider{.name = "llama.cpp"},
    KnownProvider{.name = "mistral",
                  .base_url = "https://api.mistral.ai/v1",
                  .key_variables = kMistralKeys,
                  .output_limit = kOlder},
    KnownProvider{.name = "ollama",
                  .base_url = "http://127.0.0.1:11434/v1",
                  .output_limit = kOlder,
                  .several_choices = false},
    KnownProvider{.name = "openai",
                  .base_url = "https://api.openai.com/v1",
                  .key_variables = kOpenAiKeys,
                  .output_limit = kNewer,
                  .responses = true},
    KnownProvider{.name = "openrouter", .base_url = "https://openrouter.ai/api/v1", .key_variables = kOpenRouterKeys},
    KnownProvider{.name = "together",
                  .base_url = "https://api.together.xyz/v1",
                  .key_variables = kTogetherKeys,
                  .output_limit = kOlder},
    KnownProvider{.name = "vllm"},
    KnownProvider{.name = "xai", .base_url = "https://api.x.ai/v1", .key_variables = kXaiKeys},
};

// The host of a URL of the table, which has no port.
std::string_view host_of(std::string_view url) noexcept {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) {
        return {};
    }
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find('/'));
}

}  // namespace

std::span<const KnownProvider> known_providers() noexcept {
    return kKnown;
}

const KnownProvider* find_known_provider(std::string_view name) noexcept {
    const auto* const found = std::find_if(kKnown.begin(), kKnown.end(), [name](const KnownProvider& k) { return k.name == name; });
    return found == kKnown.end() ? nullptr : &*found;
}

const KnownProvider* find_known_host(std::string_view host) noexcept {
    const auto* const found =
        std::find_if(kKnown.begin(), kKnown.end(), [host](const KnownProvider& k) { return host_of(k.base_url) == host; });
    return host.empty() || found == kKnown.end() ? nullptr : &*found;
}

}  // namespace tierway::config
