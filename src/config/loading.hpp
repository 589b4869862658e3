#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "config/map_reader.hpp"
#include "config/problems.hpp"
#include "config/yaml_tree.hpp"
#include "tierway/config/load.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::config {

/// What the sections share while one file is loaded. A thing whose settings are wrong is entered in the snapshot nevertheless, so
/// that references to it are not reported as a second mistake; a snapshot with problems is thrown away.
struct Loading {
    Problems& problems;
    const PriceCatalogue& catalogue;
    const Environment& environment;
    Snapshot& snapshot;
    bool has_keys = false;  ///< Whether there is a section `keys`, right or wrong.
    bool has_empty_providers = false;  ///< Whether `providers` is there and names none, which is a problem of its own.
};

/// Each reads one section into the snapshot. The order of loading is that of these declarations: later ones refer to earlier
/// ones.
void load_server(Loading& loading, const YamlNode& section);
void load_admin(Loading& loading, const YamlNode& section);
void load_log(Loading& loading, const YamlNode& section);
void load_tracing(Loading& loading, const YamlNode& section);
void load_providers(Loading& loading, const YamlNode& section);
void load_models(Loading& loading, const YamlNode& section);
void load_tiers(Loading& loading, const YamlNode& section);
void load_gate(Loading& loading, const YamlNode& section);
void load_calibration(Loading& loading, const YamlNode& section);
void load_classes(Loading& loading, const YamlNode& section);
void load_classifier(Loading& loading, const YamlNode& section);
void load_endpoints(Loading& loading, const YamlNode& section);
void load_shadow(Loading& loading, const YamlNode& section);
void load_retry(Loading& loading, const YamlNode& section);
void load_breaker(Loading& loading, const YamlNode& section);
void load_store(Loading& loading, const YamlNode& section);
void load_aliases(Loading& loading, const YamlNode& section);
void load_key_limits(Loading& loading, const YamlNode& section);
void load_pass_through(Loading& loading, const YamlNode& section);
void load_keys(Loading& loading, const YamlNode& section);
void load_budgets(Loading& loading, const YamlNode& section);

/// Enters a model under its full name, with `settings` (null: everything from the catalogue), and reports what is wrong with it.
/// Empty when the name itself cannot be used. `path` is the key that names the model, for messages.
std::optional<ModelId> define_model(Loading& loading, std::string_view name, Place place, const YamlNode* settings,
                                    const std::string& path);

/// Reads a key that holds a price, such as `price` of a model; false when it is not there.
bool read_price(Loading& loading, MapReader& parent, std::string_view key, Price& price);

/// Reads the key `pass_through` of a client key, when it is there.
void read_pass_through_of_key(Loading& loading, MapReader& key, Principal& principal);
/// Reports a section `pass_through` at that place whose spending hard budgets could not hold.
void check_pass_through_budgets(Loading& loading, Place place);

/// Whether the model answers chats; else that is a problem of the key `path`.
bool require_chat_model(Loading& loading, Place place, ModelId model, const std::string& path);

/// Reads the key `timeouts` of a provider, a model or a class, when it is there.
void read_timeouts(Loading& loading, MapReader& parent, TimeoutOverrides& overrides);

/// Reads a credential, which must be one `${NAME}`; its text is never repeated in a problem.
void read_secret(Loading& loading, MapReader& reader, std::string_view key, Secret& target);
/// Reads the key `ca_file`, a PEM bundle that exists.
void read_ca_file(MapReader& reader, std::string& ca_file);

/// Reads the key `gain` of a class's `escalate`, when it is there.
void read_gain_rule(Loading& loading, MapReader& parent, std::optional<GainRule>& target);

/// Reads the keys `usd_per_request` and `caps` of a class, when they are there.
void read_usd_per_request(Loading& loading, MapReader& parent, std::optional<Usd>& limit);
void read_caps(Loading& loading, MapReader& parent, RequestCaps& caps);
/// Reads the key `thinking` of a class, when it is there.
void read_thinking(Loading& loading, MapReader& parent, ThinkingOrder& thinking);

/// Reads the key `limits` of a client key or a model, when it is there.
void read_rate_limits(Loading& loading, MapReader& parent, RateLimits& limits);

/// The keys `agreement` and `verifier` of a class's `escalate`; null when absent.
struct OpinionNodes {
    const YamlNode* agreement = nullptr;
    const YamlNode* verifier = nullptr;
};
/// Reads them into the class's escalation, once its other keys are read: whom it may ask depends on them.
void read_opinions(Loading& loading, const OpinionNodes& nodes, RequestClass& request_class);

/// Reports each class of the section `classes` that is bound to the tier of embedding models and is not that of the endpoint.
void check_classes_of_embeddings(Loading& loading, const YamlNode& classes);

/// Warns of each model of the section `models` that no tier, no class's opinions and no shadow use.
void warn_of_unused_models(Loading& loading, const YamlNode& models_section);

/// The names of a snapshot's vector, for did-you-mean.
template <class Item>
std::vector<std::string_view> names_of(const std::vector<Item>& items) {
    std::vector<std::string_view> names;
    names.reserve(items.size());
    for (const Item& item : items) {
        names.push_back(item.name);
    }
    return names;
}

/// A reference to a tier or a class by its name. Empty and a problem when there is none; silent when the whole section is
/// missing, which is a problem of its own.
std::optional<TierId> read_tier(Loading& loading, MapReader& reader, std::string_view key);
std::optional<ClassId> read_class(Loading& loading, MapReader& reader, std::string_view key);

}  // namespace tierway::config
