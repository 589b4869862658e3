#include "dialect/token_counts.hpp"
#include "tierway/dialect/anthropic.hpp"

namespace tierway::dialect::anthropic {

void UsageCounts::update(const wire::JsonValue& usage) noexcept {
    TokenCounts counts;
    const auto take = [&counts](std::optional<std::int64_t>& kept, const wire::JsonValue& value) {
        if (const std::optional<std::int64_t> count = counts.read(value)) {
            kept = count;
        }
    };
    take(input_, usage.find("input_tokens"));
    take(output_, usage.find("output_tokens"));
    take(cached_, usage.find("cache_read_input_tokens"));
    take(written_, usage.find("cache_creation_input_tokens"));
    const wire::JsonValue by_lifetime = usage.find("cache_creation");
    take(written_5m_, by_lifetime.find("ephemeral_5m_input_tokens"));
    take(written_1h_, by_lifetime.find("ephemeral_1h_input_tokens"));
    take(thinking_, usage.find("output_tokens_details").find("thinking_tokens"));
    usable_ = usable_ && counts.usable();
}

std::optional<TokenUsage> UsageCounts::tokens() const noexcept {
    if (!usable_ || !input_ || !output_) {
        return std::nullopt;
    }
    TokenUsage usage;
    usage.cached = cached_.value_or(0);
    usage.cache_write_1h = written_1h_.value_or(0);
    // Without lifetimes everything is kept for five minutes.
    usage.cache_write = written_.value_or(written_5m_.value_or(0) + usage.cache_write_1h);
    usage.reasoning = thinking_.value_or(0);
    usage.prompt = *input_ + usage.cached + usage.cache_write;
    usage.completion = *output_;
    return with_parts_inside(usage);
}

}  // namespace tierway::dialect::anthropic
