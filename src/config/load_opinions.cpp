#include <algorithm>
#include <string>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

constexpr unsigned kSamplesMax = 8;
constexpr std::int64_t kTokensMax = 1'000'000;
constexpr std::size_t kFieldBytesMax = 64;
constexpr std::size_t kPromptBytesMax = std::size_t{16} << 10U;
constexpr Milliseconds kWaitMax{60'000};
constexpr double kTemperatureMax = 2.0;
/// Of a model that is sampled again: at the temperature of most requests, which is low or none, it would only repeat itself.
constexpr double kResampleTemperature = 0.7;

/// A model that a tier lists, or that the catalogue knows.
std::optional<ModelId> read_model(Loading& loading, MapReader& reader) {
    const YamlNode* node = reader.take_scalar("model");
    if (node == nullptr) {
        return std::nullopt;
    }
    const std::string path = reader.path_of("model");
    const auto known = loading.snapshot.find_model(node->text);
    const auto model = known ? known : define_model(loading, node->text, node->place, nullptr, path);
    return model && require_chat_model(loading, node->place, *model, path) ? model : std::nullopt;
}

void read_output_tokens(MapReader& reader, std::optional<std::int64_t>& limit) {
    std::int64_t value = 0;
    if (reader.read_integer("max_tokens", value, 1, kTokensMax)) {
        limit = value;
    }
}

void read_temperature(MapReader& reader, std::optional<double>& temperature) {
    double value = 0.0;
    if (reader.read_real("temperature", value, kTemperatureMax)) {
        temperature = value;
    }
}

void read_text(MapReader& reader, std::string_view key, std::string& target, std::size_t bytes_max) {
    std::string text;
    if (!reader.read_text(key, text)) {
        return;
    }
    if (text.empty() || text.size() > bytes_max) {
        reader.fail(key, reader.take(key)->place, "must be a text of 1 to " + std::to_string(bytes_max) + " bytes");
        return;
    }
    target = std::move(text);
}

/// Whether a model leaves the boundary. Without any provider that is a problem of its own.
bool is_outside(const Snapshot& snapshot, ModelId model) {
    return !snapshot.providers.empty() && snapshot.provider(snapshot.model(model).provider).boundary == Boundary::Outside;
}

PicoUsdPerToken comparable_price(const Model& model) {
    return model.price.base.input + model.price.base.output;
}

void check_model(Loading& loading, MapReader& reader, const RequestClass& request_class, ModelId model, unsigned samples) {
    const Snapshot& snapshot = loading.snapshot;
    const Place place = reader.take("model")->place;
    if (request_class.stay_inside && is_outside(snapshot, model)) {
        reader.fail("model", place,
                    "must be inside the boundary, because the class must stay inside: " +
                        quoted_value(snapshot.model(model).name) + " is not");
        return;
    }
    const Tier& better = snapshot.tier(request_class.escalation->to);
    if (!better.models.empty() &&
        comparable_price(snapshot.model(model)) * samples >= comparable_price(snapshot.model(better.models.front()))) {
        loading.problems.warn(place, quoted_value(reader.path_of("model")) + " costs as much as escalating: " +
                                         quoted_value(snapshot.model(model).name) + " is no cheaper than " +
                                         quoted_value(snapshot.model(better.models.front()).name) +
                                         ", which could answer at once.");
    }
}

void read_agreement(Loading& loading, const YamlNode& node, const std::string& path, RequestClass& request_class) {
    MapReader reader(node, path, loading.problems);
    Agreement agreement;
    agreement.model = read_model(loading, reader);
    const bool is_resampled = reader.take("samples") != nullptr;
    reader.read_integer("samples", agreement.samples, 1, kSamplesMax);
    read_temperature(reader, agreement.temperature);
    read_text(reader, "field", agreement.field, kFieldBytesMax);
    read_output_tokens(reader, agreement.output_tokens_max);
    reader.read_duration("wait", agreement.wait, kWaitMax);
    reader.finish();
    if (!agreement.model && reader.take("model") == nullptr) {
        if (!is_resampled) {
            reader.fail_here("needs a second `model`, or `samples: 1` to ask the same one again");
            return;
        }
        agreement.temperature = agreement.temperature.value_or(kResampleTemperature);
    }
    if (agreement.model) {
        check_model(loading, reader, request_class, *agreement.model, agreement.samples);
    }
    request_class.escalation->agreement = std::move(agreement);
}

void read_verifier(Loading& loading, const YamlNode& node, const std::string& path, RequestClass& request_class) {
    MapReader reader(node, path, loading.problems);
    Verifier verifier;
    reader.require("model", "the model that is asked whether a draft is right");
    const auto model = read_model(loading, reader);
    read_text(reader, "prompt", verifier.prompt, kPromptBytesMax);
    reader.read_integer("max_tokens", verifier.output_tokens_max, 1, kTokensMax);
    reader.read_duration("wait", verifier.wait, kWaitMax);
    reader.finish();
    if (!model) {
        return;
    }
    verifier.model = *model;
    check_model(loading, reader, request_class, *model, 1);
    request_class.escalation->verifier = std::move(verifier);
}

}  // namespace

void read_opinions(Loading& loading, const OpinionNodes& nodes, RequestClass& request_class) {
    if (!request_class.escalation) {
        return;
    }
    const std::string path = "classes." + request_class.name + ".escalate.";
    if (nodes.agreement != nullptr) {
        read_agreement(loading, *nodes.agreement, path + "agreement", request_class);
    }
    if (nodes.verifier != nullptr) {
        read_verifier(loading, *nodes.verifier, path + "verifier", request_class);
    }
}

void warn_of_unused_models(Loading& loading, const YamlNode& models_section) {
    const Snapshot& snapshot = loading.snapshot;
    const auto gives_opinions = [&snapshot](ModelId model) {
        return (snapshot.shadow && snapshot.shadow->judge == model) ||
               std::any_of(snapshot.classes.begin(), snapshot.classes.end(), [model](const RequestClass& request_class) {
            const auto& escalation = request_class.escalation;
            return escalation && ((escalation->agreement && escalation->agreement->model == model) ||
                                  (escalation->verifier && escalation->verifier->model == model));
        });
    };
    for (const YamlEntry& entry : models_section.entries) {
        const auto model = snapshot.find_model(entry.key);
        if (model && !snapshot.lowest_tier_of(*model) && !gives_opinions(*model)) {
            loading.problems.warn(entry.key_place, quoted_value(entry.key) + " is on no tier, so nothing will ever call it.");
        }
    }
}

}  // namespace tierway::config
