#include <algorithm>
#include <array>
#include <string>

#include "config/loading.hpp"
#include "config/model_traits.hpp"
#include "config/provider_defaults.hpp"

namespace tierway::config {
namespace {

constexpr std::int64_t kTokensMax = 100'000'000;

std::string section_path(std::string_view name) {
    return "models." + std::string(name);
}

// The catalogue's names of one provider, without the provider.
std::vector<std::string_view> catalogue_models(const PriceCatalogue& catalogue, std::string_view provider) {
    std::vector<std::string_view> names;
    const std::string prefix = std::string(provider) + "/";
    const auto& entries = catalogue.entries();
    for (auto entry = entries.lower_bound(prefix); entry != entries.end() && entry->first.starts_with(prefix); ++entry) {
        if (entry->second.kind == ModelKind::Chat) {
            names.push_back(std::string_view(entry->first).substr(prefix.size()));
        }
    }
    return names;
}

std::string quoted_full_name(std::string_view provider, std::string_view model) {
    return quoted_value(std::string(provider) + "/" + std::string(model));
}

// " Did you mean `openai/gpt-5`?" for a name that lacks its provider.
std::string provider_suggestion(const Loading& loading, std::string_view name) {
    for (const Provider& provider : loading.snapshot.providers) {
        const std::string full = provider.name + "/" + std::string(name);
        if (loading.catalogue.find(full) != nullptr || loading.snapshot.find_model(full)) {
            return " Did you mean `" + full + "`?";
        }
    }
    return {};
}

// The nearest listed model of the provider that is not listed under exactly this name.
std::string model_suggestion(const Loading& loading, std::string_view provider, std::string_view id) {
    const auto candidates = catalogue_models(loading.catalogue, provider);
    const std::string bare = loading.problems.near_suggestion(id, candidates);
    if (bare.empty()) {
        return {};
    }
    const std::size_t begin = bare.find('`') + 1;
    return " Did you mean " + quoted_full_name(provider, bare.substr(begin, bare.rfind('`') - begin)) + "?";
}

void apply_support(Capabilities& capabilities, std::string_view name) {
    if (name == "vision") {
        capabilities.vision = Support::Yes;
    } else if (name == "audio") {
        capabilities.audio = Support::Yes;
    } else if (name == "tools") {
        capabilities.tools = Support::Yes;
    } else if (name == "json_schema") {
        capabilities.json_schema = Support::Yes;
    } else if (name == "logprobs") {
        capabilities.logprobs = true;
    } else {
        capabilities.prefill = true;
    }
}

void read_supports(Loading& loading, MapReader& model, Capabilities& capabilities) {
    static constexpr std::array<std::string_view, 6> kNames{"vision", "audio", "tools", "json_schema", "logprobs", "prefill"};
    const YamlNode* list = model.take_list("supports");
    if (list == nullptr) {
        return;
    }
    capabilities.vision = capabilities.audio = capabilities.tools = capabilities.json_schema = Support::No;
    capabilities.logprobs = capabilities.prefill = false;
    std::vector<std::string_view> seen;
    for (const YamlNode& item : list->items) {
        if (std::find(kNames.begin(), kNames.end(), item.text) == kNames.end()) {
            loading.problems.error(item.place, quoted_value(model.path_of("supports")) + " has no capability " +
                                                   quoted_value(item.text) + "." +
                                                   loading.problems.suggestion(item.text, kNames));
            continue;
        }
        if (std::find(seen.begin(), seen.end(), item.text) != seen.end()) {
            model.fail("supports", item.place, "lists " + quoted_value(item.text) + " twice");
        }
        seen.push_back(item.text);
        apply_support(capabilities, item.text);
    }
}

void read_efforts(MapReader& model, Efforts& efforts) {
    const YamlNode* list = model.take_list("efforts");
    if (list == nullptr) {
        return;
    }
    efforts = {};
    for (const YamlNode& item : list->items) {
        const auto effort = parse_effort(item.text);
        if (!effort || item.kind != YamlNode::Kind::Scalar) {
            model.fail("efforts", item.place,
                       "must list some of `none`, `minimal`, `low`, `medium`, `high`, `xhigh` and `max`, not " +
                           quoted_value(item.text));
            continue;
        }
        if (efforts.has(*effort)) {
            model.fail("efforts", item.place, "lists " + quoted_value(item.text) + " twice");
        }
        efforts.add(*effort);
    }
    if (list->items.empty()) {
        model.fail("efforts", list->place, "must list at least one word; write `thinking: none` for a model that takes none");
    }
}

// What of the request a model takes, beside the capabilities that decide whether it is asked at all.
void read_traits(MapReader& model, Capabilities& capabilities) {
    model.read_bool("sampling", capabilities.sampling);
    model.read_choice("thinking", capabilities.thinking,
                      {{"effort", Thinking::Effort}, {"budget", Thinking::Budget}, {"none", Thinking::None}});
    read_efforts(model, capabilities.efforts);
    model.read_choice("chat", capabilities.chat,
                      {{"full", ChatSupport::Full},
                       {"tools_without_thinking", ChatSupport::ToolsWithoutThinking},
                       {"no_tools", ChatSupport::NoTools},
                       {"none", ChatSupport::None}});
}

void read_settings(Loading& loading, const YamlNode& node, Model& model, bool& priced) {
    MapReader reader(node, section_path(model.name), loading.problems);
    priced = priced || !reader.is_mapping();
    if (const YamlNode* upstream = reader.take_scalar("upstream_name"); upstream != nullptr) {
        const auto parsed = parse_model_name(upstream->text);
        if (parsed.value) {
            model.upstream_name = *parsed.value;
        } else {
            reader.fail("upstream_name", upstream->place, parsed.problem);
        }
    }
    reader.read_choice("kind", model.kind, {{"chat", ModelKind::Chat}, {"embedding", ModelKind::Embedding}});
    priced = read_price(loading, reader, "price", model.price) || priced;
    reader.read_integer("context", model.context_tokens, 1, kTokensMax);
    reader.read_integer("max_output", model.output_tokens_max, 1, kTokensMax);
    read_supports(loading, reader, model.capabilities);
    read_traits(reader, model.capabilities);
    read_timeouts(loading, reader, model.timeouts);
    read_rate_limits(loading, reader, model.limits);
    reader.finish();
}

void report_unpriced(Loading& loading, Place place, std::string_view provider, const Model& model) {
    loading.problems.error(place, quoted_value(model.name) + " has no price: the catalogue of " +
                                      std::string(loading.catalogue.as_of()) + " does not list it." +
                                      model_suggestion(loading, provider, model.upstream_name) +
                                      " To price it, write under `models`: `" + model.name +
                                      ": {price: {input: …, output: …}}`, in USD per million tokens.");
}

void report_unknown_provider(Loading& loading, Place place, const std::string& path, std::string_view name,
                             std::string_view provider_name) {
    auto candidates = names_of(loading.snapshot.providers);
    for (const KnownProvider& known : known_providers()) {
        candidates.push_back(known.name);
    }
    loading.problems.error(place, quoted_value(path) + ": " + quoted_value(name) + " names the provider " +
                                      quoted_value(provider_name) + ", which `providers` does not have." +
                                      loading.problems.suggestion(provider_name, candidates));
}

// Models that their provider serves through another API alone.
void report_unreachable(Loading& loading, Place place, const Provider& provider, const Model& model) {
    const bool is_chat = provider.dialect == Dialect::OpenAi || provider.dialect == Dialect::Azure;
    if (model.kind == ModelKind::Embedding) {
        if (!is_chat && provider.dialect != Dialect::OpenAiResponses) {
            loading.problems.error(place, quoted_value(model.name) +
                                              " is an embedding model, and embeddings are asked for in the words of OpenAI's API "
                                              "alone, which its provider does not speak.");
        }
        return;
    }
    if (is_chat && !provider.responses && model.capabilities.chat == ChatSupport::None) {
        loading.problems.error(place, quoted_value(model.name) +
                                          " is not served in Chat Completions: write `responses: true` for its provider, or "
                                          "`chat: full` for the model when it is.");
    }
}

// What the catalogue knows; false when it does not know the model.
bool apply_catalogue(Loading& loading, Place place, Model& model) {
    const CatalogueEntry* entry = loading.catalogue.find(model.name);
    if (entry == nullptr) {
        return false;
    }
    if (entry->deprecated) {
        loading.problems.warn(place, quoted_value(model.name) + " is deprecated by its provider: it may stop answering.");
    }
    model.kind = entry->kind;
    model.price = entry->price;
    model.context_tokens = entry->context_tokens;
    model.output_tokens_max = entry->output_tokens_max;
    model.capabilities = entry->capabilities;
    return true;
}

}  // namespace

std::optional<ModelId> define_model(Loading& loading, std::string_view name, Place place, const YamlNode* settings,
                                    const std::string& path) {
    Problems& problems = loading.problems;
    const std::size_t slash = name.find('/');
    const auto parsed = parse_model_name(name);
    if (!parsed.value) {
        problems.error(place, quoted_value(path) + ": the model name " + quoted_value(name) + " " + parsed.problem + ".");
        return std::nullopt;
    }
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == name.size()) {
        problems.error(place, quoted_value(path) + ": " + quoted_value(name) + " is not a model: write `provider/model`." +
                                  provider_suggestion(loading, name));
        return std::nullopt;
    }
    Model model;
    model.name = name;
    model.upstream_name = name.substr(slash + 1);
    const std::string_view provider_name = name.substr(0, slash);
    std::string missing;
    const auto provider = find_or_imply_provider(loading, provider_name, missing);
    const bool listed = apply_catalogue(loading, place, model);
    if (provider) {
        apply_model_traits(loading.snapshot.provider(*provider), model.upstream_name, model.capabilities);
    }
    bool priced = listed;
    if (settings != nullptr) {
        read_settings(loading, *settings, model, priced);
    }
    if (provider) {
        model.provider = *provider;
        apply_provider_limits(loading.snapshot.provider(*provider), model.capabilities);
        if (!priced) {
            report_unpriced(loading, place, provider_name, model);
        }
        report_unreachable(loading, place, loading.snapshot.provider(*provider), model);
    } else if (!missing.empty()) {
        problems.error(place, quoted_value(path) + ": " + quoted_value(name) + " is a model of the known provider " +
                                  quoted_value(provider_name) + ", which " + missing + ".");
    } else if (!loading.has_empty_providers) {
        report_unknown_provider(loading, place, path, name, provider_name);
    }
    loading.snapshot.models.push_back(std::move(model));
    return ModelId(loading.snapshot.models.size() - 1);
}

bool require_chat_model(Loading& loading, Place place, ModelId model, const std::string& path) {
    const Model& named = loading.snapshot.model(model);
    if (named.kind == ModelKind::Chat) {
        return true;
    }
    loading.problems.error(place, quoted_value(path) + ": " + quoted_value(named.name) +
                                      " is an embedding model, which cannot answer a chat.");
    return false;
}

void load_models(Loading& loading, const YamlNode& section) {
    static const YamlNode kNoSettings{YamlNode::Kind::Mapping, false, {}, {}, {}, {}};
    const MapReader reader(section, "models", loading.problems);
    for (const YamlEntry& entry : reader.entries()) {
        const bool is_bare = entry.value.kind == YamlNode::Kind::Null;
        define_model(loading, entry.key, entry.key_place, is_bare ? &kNoSettings : &entry.value, "models");
    }
}

}  // namespace tierway::config
