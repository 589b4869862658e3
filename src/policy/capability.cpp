#include "tierway/policy/capability.hpp"

namespace tierway::policy {
namespace {

bool lacks(bool needed, config::Support support) noexcept {
    return needed && support == config::Support::No;
}

// Compared without a sum, so that no pair of counts can overflow.
bool exceeds_window(std::int64_t prompt, std::int64_t output, std::int64_t window) noexcept {
    return window > 0 && (prompt > window || output > window - prompt);
}

bool speaks(const config::Provider& provider, config::Dialect dialect) noexcept {
    return config::speak_alike(provider.dialect, dialect) || (dialect == config::Dialect::OpenAiResponses && provider.responses);
}

}  // namespace

std::optional<std::string_view> missing_capability(const config::Snapshot& snapshot, const config::Model& model,
                                                   const Needs& needs) noexcept {
    if (model.kind != needs.kind) {
        return needs.kind == config::ModelKind::Chat ? "chat" : "embeddings";
    }
    const config::Capabilities& can = model.capabilities;
    if (lacks(needs.vision, can.vision)) {
        return "image input";
    }
    if (lacks(needs.audio, can.audio)) {
        return "audio input";
    }
    if (lacks(needs.tools, can.tools)) {
        return "tools";
    }
    if (lacks(needs.json_schema, can.json_schema)) {
        return "json_schema";
    }
    if (needs.several_choices && !can.several_choices) {
        return "several choices";
    }
    if (exceeds_window(needs.prompt_tokens, needs.output_tokens_max, model.context_tokens)) {
        return "context window";
    }
    if (model.output_tokens_max > 0 && needs.output_tokens_max > model.output_tokens_max) {
        return "output tokens";
    }
    if (needs.stay_inside && snapshot.provider(model.provider).boundary != config::Boundary::Inside) {
        return "inside boundary";
    }
    if (!model.price.permille_of(needs.service)) {
        return "a price of the service tier";
    }
    if (needs.only_dialect && !speaks(snapshot.provider(model.provider), *needs.only_dialect)) {
        return "a provider that speaks the dialect of the request, which asks for what no other can express";
    }
    return std::nullopt;
}

}  // namespace tierway::policy
