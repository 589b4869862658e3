#include "dialect/provider_codes.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace tierway::dialect {
namespace {

/// What a provider's name for an error amounts to in ours. A name that is not listed is not passed on.
struct KnownName {
    std::string_view theirs;
    std::string_view ours;
};

constexpr std::array kKnownNames = {
    KnownName{"context_length_exceeded", "context_length_exceeded"},    // OpenAI, Azure, Groq
    KnownName{"exceed_context_size_error", "context_length_exceeded"},  // llama.cpp
    KnownName{"model_context_window_exceeded", "context_length_exceeded"},
    KnownName{"content_filter", "content_filter"},  // Azure
    KnownName{"ResponsibleAIPolicyViolation", "content_filter"},
    KnownName{"content_policy_violation", "content_policy_violation"},
    KnownName{"model_not_found", "model_not_found"},
    KnownName{"DeploymentNotFound", "model_not_found"},        // Azure
    KnownName{"model_decommissioned", "model_not_found"},      // Groq, with a 400
    KnownName{"invalid_model", "model_not_found"},             // Mistral, with a 400
    KnownName{"resource_not_found_error", "model_not_found"},  // Moonshot
    KnownName{"NotFoundError", "model_not_found"},             // vLLM
    KnownName{"not_found_error", "model_not_found"},           // Anthropic
    KnownName{"NOT_FOUND", "model_not_found"},                 // Google
    KnownName{"ResourceNotFoundException", "model_not_found"},  // AWS
    KnownName{"unsupported_parameter", "unsupported_parameter"},
    KnownName{"unsupported_value", "unsupported_value"},
    KnownName{"unknown_parameter", "unknown_parameter"},
    KnownName{"invalid_value", "invalid_value"},
    KnownName{"invalid_type", "invalid_type"},
    KnownName{"invalid_prompt", "invalid_prompt"},
    KnownName{"bio_policy", "content_policy_violation"},  // OpenAI Responses, like the next ones
    KnownName{"misalignment_policy_violation", "content_policy_violation"},
    KnownName{"image_content_policy_violation", "content_policy_violation"},
    KnownName{"invalid_image", "invalid_value"},
    KnownName{"invalid_image_format", "invalid_value"},
    KnownName{"invalid_base64_image", "invalid_value"},
    KnownName{"invalid_image_url", "invalid_value"},
    KnownName{"invalid_image_mode", "invalid_value"},
    KnownName{"image_too_large", "invalid_value"},
    KnownName{"image_too_small", "invalid_value"},
    KnownName{"image_parse_error", "invalid_value"},
    KnownName{"image_file_too_large", "invalid_value"},
    KnownName{"unsupported_image_media_type", "invalid_value"},
    KnownName{"empty_image_file", "invalid_value"},
    KnownName{"failed_to_download_image", "invalid_value"},
    KnownName{"image_file_not_found", "invalid_value"},
    KnownName{"missing_required_parameter", "missing_required_parameter"},
    KnownName{"string_above_max_length", "string_above_max_length"},
    KnownName{"insufficient_quota", "insufficient_quota"},
    KnownName{"credit_balance_exhausted", "insufficient_quota"},
    KnownName{"billing_hard_limit_reached", "insufficient_quota"},
    KnownName{"organization_spend_limit_exceeded", "insufficient_quota"},
    KnownName{"project_spend_limit_exceeded", "insufficient_quota"},
    KnownName{"organization_usage_limit_exceeded", "insufficient_quota"},
    KnownName{"exceeded_current_quota_error", "insufficient_quota"},  // Moonshot
    KnownName{"billing_error", "insufficient_quota"},                 // Anthropic
    KnownName{"ServiceQuotaExceededException", "insufficient_quota"},  // AWS, with a 400
    KnownName{"rate_limit_exceeded", "rate_limit_exceeded"},
    KnownName{"rate_limit_error", "rate_limit_exceeded"},
    KnownName{"rate_limit_reached_error", "rate_limit_exceeded"},
    KnownName{"RESOURCE_EXHAUSTED", "rate_limit_exceeded"},
    KnownName{"slow_down", "rate_limit_exceeded"},
    KnownName{"ThrottlingException", "rate_limit_exceeded"},  // AWS
    KnownName{"TooManyRequestsException", "rate_limit_exceeded"},
    KnownName{"invalid_api_key", "invalid_api_key"},
    KnownName{"authentication_error", "invalid_api_key"},
    KnownName{"permission_error", "invalid_api_key"},
    KnownName{"UNAUTHENTICATED", "invalid_api_key"},
    KnownName{"PERMISSION_DENIED", "invalid_api_key"},
    KnownName{"API_KEY_INVALID", "invalid_api_key"},        // Google, with a 400
    KnownName{"AccessDeniedException", "invalid_api_key"},  // AWS, as the four that follow
    KnownName{"UnrecognizedClientException", "invalid_api_key"},
    KnownName{"InvalidSignatureException", "invalid_api_key"},
    KnownName{"MissingAuthenticationTokenException", "invalid_api_key"},
    KnownName{"ExpiredTokenException", "invalid_api_key"},
    KnownName{"overloaded_error", "overloaded"},         // Anthropic, 529
    KnownName{"engine_overloaded_error", "overloaded"},  // Moonshot
    KnownName{"server_is_overloaded", "overloaded"},     // OpenAI
    KnownName{"UNAVAILABLE", "overloaded"},              // Google
    KnownName{"ServiceUnavailableException", "overloaded"},  // AWS
};

/// In these words, in lower case, servers say of a request that it is too long when they have no code for it. Words may quote the
/// request, so that they count only in a refusal of the request; the worst that a quoted one can do is to have a larger model of
/// the same tier asked.
constexpr std::array<std::string_view, 17> kContextPhrases = {
    "maximum context length",                        // OpenAI, vLLM, SGLang, Mistral, DeepSeek, OpenRouter
    "context length is only",                        // vLLM
    "longer than the maximum model length",          // vLLM
    "longer than the model's context length",        // SGLang, Together
    "maximum allowed input length",                  // SGLang
    "available context size",                        // llama.cpp
    "greater than the context length",               // LM Studio
    "reduce the length of the messages",             // Groq
    "prompt is too long",                            // Anthropic, Fireworks
    "exceed context limit",                          // Anthropic
    "exceeds the context window",                    // OpenAI
    "context window exceeds limit",                  // MiniMax
    "exceeds the maximum number of tokens allowed",  // Google
    "maximum prompt length is",                      // xAI
    "input is too long for requested model",         // Bedrock
    "exceeded model token limit",                    // Moonshot
    "`max_new_tokens` must be <=",                   // TGI
};

/// Words with which a message begins; nothing of a request is quoted there. They decide whatever the status is, because these
/// servers send one that says something else.
constexpr std::array kOpeningWords = {
    KnownName{"Context size has been exceeded", "context_length_exceeded"},  // llama.cpp, with a 500
    KnownName{"Your credit balance is too low", "insufficient_quota"},       // Anthropic, with a 400
    KnownName{"You have reached your specified API usage limits", "insufficient_quota"},  // Likewise: a limit the account has set
    KnownName{"Content violates usage guidelines", "content_filter"},        // xAI, with a 403
};

std::string_view ours_by_name(std::string_view name) noexcept {
    const auto* const known =
        std::find_if(kKnownNames.begin(), kKnownNames.end(), [name](const KnownName& k) { return k.theirs == name; });
    return known == kKnownNames.end() ? std::string_view{} : known->ours;
}

bool refuses_the_request(unsigned status) noexcept {
    return status == 400 || status == 413 || status == 422;
}

bool says_too_long(std::string_view message) {
    std::string lower(message);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return std::any_of(kContextPhrases.begin(), kContextPhrases.end(),
                       [&](std::string_view phrase) { return lower.find(phrase) != std::string::npos; });
}

}  // namespace

std::string_view code_of(unsigned status, const ProviderWords& words) {
    for (const KnownName& opening : kOpeningWords) {
        if (std::string_view(words.message).starts_with(opening.theirs)) {
            return opening.ours;
        }
    }
    if (words.flagged) {
        return "content_filter";
    }
    for (const std::string_view name : {std::string_view(words.code), std::string_view(words.type)}) {
        if (const std::string_view ours = ours_by_name(name); !ours.empty()) {
            return ours;
        }
    }
    const unsigned meant = status >= 400 ? status : words.code_number;
    const bool may_be_too_long = meant < 400 || refuses_the_request(meant);
    return may_be_too_long && says_too_long(words.message) ? "context_length_exceeded" : std::string_view{};
}

}  // namespace tierway::dialect
