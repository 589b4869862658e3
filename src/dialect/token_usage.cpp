#include "tierway/dialect/token_usage.hpp"

#include "dialect/token_counts.hpp"

namespace tierway::dialect {
namespace {

/// What is left of the total, where a provider names only one of the two sides.
std::optional<std::int64_t> remainder_of(std::optional<std::int64_t> total, std::optional<std::int64_t> part) noexcept {
    if (!total || !part || *total < *part) {
        return std::nullopt;
    }
    return *total - *part;
}

}  // namespace

std::optional<TokenUsage> read_usage(const wire::JsonValue& usage) noexcept {
    if (!usage.is_object()) {
        return std::nullopt;
    }
    TokenCounts counts;
    std::optional<std::int64_t> prompt = counts.read(usage.find("prompt_tokens"));
    std::optional<std::int64_t> completion = counts.read(usage.find("completion_tokens"));
    const std::optional<std::int64_t> total = counts.read(usage.find("total_tokens"));
    const wire::JsonValue prompt_details = usage.find("prompt_tokens_details");
    std::optional<std::int64_t> cached = counts.read(prompt_details.find("cached_tokens"));
    if (!cached) {
        // DeepSeek's own name for it (WIRE.md section 5.4).
        cached = counts.read(usage.find("prompt_cache_hit_tokens"));
    }
    const std::int64_t cache_write = counts.read_or_zero(prompt_details.find("cache_write_tokens"));
    // None of the API's: our own word for what an answer of Anthropic's told (`chat::write_reply`).
    const std::int64_t cache_write_1h = counts.read_or_zero(prompt_details.find("cache_write_1h_tokens"));
    const std::int64_t reasoning = counts.read_or_zero(usage.find("completion_tokens_details").find("reasoning_tokens"));
    if (!prompt) {
        prompt = remainder_of(total, completion);
    }
    if (!completion) {
        completion = remainder_of(total, prompt);
    }
    if (!counts.usable() || !prompt || !completion) {
        return std::nullopt;
    }
    // xAI leaves reasoning out of `completion_tokens` (WIRE.md section 5.4); the total tells, where both were stated.
    if (reasoning > 0 && total && *total == *prompt + *completion + reasoning) {
        *completion += reasoning;
    }
    TokenUsage result;
    result.prompt = *prompt;
    result.completion = *completion;
    result.cached = cached.value_or(0);
    result.cache_write = cache_write;
    result.cache_write_1h = cache_write_1h;
    result.reasoning = reasoning;
    return with_parts_inside(result);
}

}  // namespace tierway::dialect
