#include <string_view>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

/// The bounds of the wire format itself (`dialect::ChatRequestLimits`): a cap beyond them would never be reached.
constexpr std::int64_t kChoicesMax = 128;
constexpr std::int64_t kTokensMax = 1'000'000;
constexpr std::int64_t kPromptTokensMax = 100'000'000;
constexpr std::int64_t kImagesMax = 100'000;
constexpr std::int64_t kToolsMax = 512;

bool read_positive_usd(MapReader& reader, std::string_view key, Usd& amount) {
    if (!reader.read_usd(key, amount)) {
        return false;
    }
    if (amount <= Usd()) {
        reader.fail(key, reader.take(key)->place, "must be above 0");
        return false;
    }
    return true;
}

void read_cap(MapReader& reader, std::string_view key, std::optional<std::int64_t>& cap, std::int64_t min, std::int64_t max) {
    std::int64_t value = 0;
    if (reader.read_integer(key, value, min, max)) {
        cap = value;
    }
}

}  // namespace

void load_gate(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "gate", loading.problems);
    Gate& gate = loading.snapshot.gate.emplace();
    if (reader.require("usd_per_request", "what a request may cost at most, such as `0.50`") != nullptr) {
        read_positive_usd(reader, "usd_per_request", gate.usd_per_request);
    }
    reader.read_choice(
        "action", gate.action,
        {{"acknowledge", GateAction::Acknowledge}, {"reject", GateAction::Reject}, {"downgrade", GateAction::Downgrade}});
    reader.finish();
}

void read_usd_per_request(Loading& loading, MapReader& parent, std::optional<Usd>& limit) {
    Usd amount;
    if (!read_positive_usd(parent, "usd_per_request", amount)) {
        return;
    }
    limit = amount;
    if (!loading.snapshot.gate) {
        parent.fail("usd_per_request", parent.take("usd_per_request")->place,
                    "needs the section `gate`, which says what becomes of a request that may cost more");
    }
}

void read_caps(Loading& loading, MapReader& parent, RequestCaps& caps) {
    const YamlNode* node = parent.take("caps");
    if (node == nullptr) {
        return;
    }
    MapReader reader(*node, parent.path_of("caps"), loading.problems);
    reader.read_integer("n", caps.choices_max, 1, kChoicesMax);
    read_cap(reader, "max_tokens", caps.output_tokens_max, 1, kTokensMax);
    read_cap(reader, "prompt_tokens", caps.prompt_tokens_max, 1, kPromptTokensMax);
    read_cap(reader, "images", caps.images_max, 0, kImagesMax);
    read_cap(reader, "tools", caps.tools_max, 0, kToolsMax);
    reader.finish();
}

void read_thinking(Loading& loading, MapReader& parent, ThinkingOrder& thinking) {
    const YamlNode* node = parent.take("thinking");
    if (node == nullptr) {
        return;
    }
    MapReader reader(*node, parent.path_of("thinking"), loading.problems);
    Effort effort = Effort::None;
    if (reader.read_choice("effort", effort,
                           {{name_of(Effort::None), Effort::None},
                            {name_of(Effort::Minimal), Effort::Minimal},
                            {name_of(Effort::Low), Effort::Low},
                            {name_of(Effort::Medium), Effort::Medium},
                            {name_of(Effort::High), Effort::High},
                            {name_of(Effort::XHigh), Effort::XHigh},
                            {name_of(Effort::Max), Effort::Max}})) {
        thinking.effort = effort;
    }
    read_cap(reader, "budget_tokens", thinking.budget_tokens, 0, kTokensMax);
    reader.read_bool("force", thinking.forced);
    if (reader.is_mapping() && reader.take("effort") == nullptr && reader.take("budget_tokens") == nullptr) {
        reader.fail_here("needs an `effort` or `budget_tokens`");
    }
    reader.finish();
}

}  // namespace tierway::config
