#include "tierway/dialect/provider_usage.hpp"

#include "dialect/token_counts.hpp"
#include "tierway/dialect/anthropic.hpp"

namespace tierway::dialect {

std::optional<TokenUsage> read_responses_usage(const wire::JsonValue& usage) noexcept {
    TokenCounts counts;
    const std::optional<std::int64_t> input = counts.read(usage.find("input_tokens"));
    const std::optional<std::int64_t> output = counts.read(usage.find("output_tokens"));
    const wire::JsonValue input_details = usage.find("input_tokens_details");
    TokenUsage result;
    result.cached = counts.read_or_zero(input_details.find("cached_tokens"));
    result.cache_write = counts.read_or_zero(input_details.find("cache_write_tokens"));
    result.reasoning = counts.read_or_zero(usage.find("output_tokens_details").find("reasoning_tokens"));
    if (!counts.usable() || !input || !output) {
        return std::nullopt;
    }
    result.prompt = *input;
    result.completion = *output;
    return with_parts_inside(result);
}

std::optional<TokenUsage> read_anthropic_usage(const wire::JsonValue& usage) noexcept {
    anthropic::UsageCounts counts;
    counts.update(usage);
    return counts.tokens();
}

std::optional<TokenUsage> read_gemini_usage(const wire::JsonValue& usage) noexcept {
    TokenCounts counts;
    const std::optional<std::int64_t> prompt = counts.read(usage.find("promptTokenCount"));
    TokenUsage result;
    result.cached = counts.read_or_zero(usage.find("cachedContentTokenCount"));
    result.reasoning = counts.read_or_zero(usage.find("thoughtsTokenCount"));
    const std::int64_t candidates = counts.read_or_zero(usage.find("candidatesTokenCount"));
    const std::int64_t tool_prompts = counts.read_or_zero(usage.find("toolUsePromptTokenCount"));
    if (!counts.usable() || !prompt) {
        return std::nullopt;
    }
    result.prompt = *prompt + tool_prompts;
    result.completion = candidates + result.reasoning;
    return with_parts_inside(result);
}

std::optional<TokenUsage> read_converse_usage(const wire::JsonValue& usage) noexcept {
    TokenCounts counts;
    const std::optional<std::int64_t> input = counts.read(usage.find("inputTokens"));
    const std::optional<std::int64_t> output = counts.read(usage.find("outputTokens"));
    TokenUsage result;
    result.cached = counts.read_or_zero(usage.find("cacheReadInputTokens"));
    result.cache_write = counts.read_or_zero(usage.find("cacheWriteInputTokens"));
    for (const wire::JsonValue detail : usage.find("cacheDetails")) {
        if (detail.find("ttl").string_is("1h")) {
            result.cache_write_1h += counts.read_or_zero(detail.find("inputTokens"));
        }
    }
    if (!counts.usable() || !input || !output) {
        return std::nullopt;
    }
    result.prompt = *input + result.cached + result.cache_write;
    result.completion = *output;
    return with_parts_inside(result);
}

}  // namespace tierway::dialect
