#include "tierway/config/load.hpp"

#include <fstream>
#include <utility>

#include "config/loading.hpp"
#include "config/text_check.hpp"
#include "tierway/base/sha256.hpp"
#include "tierway/config/classifier_model.hpp"

namespace tierway::config {
namespace {

constexpr std::size_t kPolicyHashDigits = 12;

/// Of the file's text, and of the learned model that decides with it.
std::string policy_hash(std::string_view text, const Snapshot& snapshot) {
    if (!snapshot.classifier.model) {
        return hex_of(sha256(text)).substr(0, kPolicyHashDigits);
    }
    return hex_of(sha256(std::string(text) + snapshot.classifier.model->model->hash())).substr(0, kPolicyHashDigits);
}

void load_version(MapReader& root) {
    if (root.require("version", "`version: 1` at the top") == nullptr) {
        return;
    }
    std::int64_t version = 0;
    root.read_integer("version", version, 1, 1);
}

using Section = void (*)(Loading&, const YamlNode&);

void load_optional(Loading& loading, MapReader& root, std::string_view name, Section load) {
    if (const YamlNode* section = root.take(name); section != nullptr) {
        load(loading, *section);
    }
}

void load_required(Loading& loading, MapReader& root, std::string_view name, std::string_view what, Section load) {
    if (const YamlNode* section = root.require(name, what); section != nullptr) {
        load(loading, *section);
    }
}

// The defaults take part: a data plane on the admin plane's port is a clash even when `admin` is not written.
void check_listeners(Loading& loading, const MapReader& root) {
    const Endpoint& data = loading.snapshot.server.listen;
    const Endpoint& admin = loading.snapshot.admin.listen;
    if (data.port == 0 || data.port != admin.port || data.host != admin.host) {
        return;
    }
    for (const YamlEntry& entry : root.entries()) {
        if (entry.key == "server" || entry.key == "admin") {
            loading.problems.error(entry.key_place,
                                   "`server.listen` and `admin.listen` are the same address: give one another port.");
            return;
        }
    }
}

void load_sections(Loading& loading, const YamlNode& tree) {
    MapReader root(tree, "", loading.problems);
    if (!root.is_mapping()) {
        return;
    }
    load_version(root);
    const YamlNode* keys = root.take("keys");
    loading.has_keys = keys != nullptr;
    load_optional(loading, root, "server", load_server);
    load_optional(loading, root, "admin", load_admin);
    check_listeners(loading, root);
    load_optional(loading, root, "log", load_log);
    load_optional(loading, root, "tracing", load_tracing);
    load_optional(loading, root, "providers", load_providers);
    const YamlNode* models = root.take("models");
    if (models != nullptr) {
        load_models(loading, *models);
    }
    load_required(loading, root, "tiers", "lists of models, cheapest tier first", load_tiers);
    load_optional(loading, root, "gate", load_gate);
    load_optional(loading, root, "calibration", load_calibration);
    load_required(loading, root, "classes", "the kinds of requests, each with its tier", load_classes);
    load_required(loading, root, "classifier", "at least `classifier: {default_class: …}`", load_classifier);
    load_optional(loading, root, "endpoints", load_endpoints);
    for (const YamlEntry& entry : root.entries()) {
        if (entry.key == "classes") {
            check_classes_of_embeddings(loading, entry.value);
        }
    }
    load_optional(loading, root, "shadow", load_shadow);
    load_optional(loading, root, "retry", load_retry);
    load_optional(loading, root, "breaker", load_breaker);
    load_optional(loading, root, "store", load_store);
    load_optional(loading, root, "aliases", load_aliases);
    load_optional(loading, root, "key_limits", load_key_limits);
    load_optional(loading, root, "pass_through", load_pass_through);
    if (keys != nullptr) {
        load_keys(loading, *keys);
    }
    load_optional(loading, root, "budgets", load_budgets);
    if (const YamlNode* pass = root.take("pass_through"); pass != nullptr) {
        check_pass_through_budgets(loading, pass->place);
    }
    if (models != nullptr && !loading.snapshot.tiers.empty()) {
        warn_of_unused_models(loading, *models);
    }
    root.finish();
}

LoadResult unreadable(const std::string& path, const std::string& why) {
    LoadResult result;
    result.problems.push_back({path, 0, 0, "The configuration cannot be read: " + why + "."});
    return result;
}

}  // namespace

LoadResult load_text(std::string_view yaml, const std::string& file, const PriceCatalogue& catalogue,
                     const Environment& environment) {
    Problems problems(file);
    Snapshot snapshot;
    if (const auto tree = read_yaml(yaml, problems); tree) {
        Loading loading{problems, catalogue, environment, snapshot};
        load_sections(loading, *tree);
    }
    LoadResult result;
    result.problems = problems.take_errors();
    result.warnings = problems.take_warnings();
    if (result.problems.empty()) {
        snapshot.timeout_table = make_timeout_table(snapshot);
        snapshot.key_ring = KeyRing(snapshot.keys);
        snapshot.policy_hash = policy_hash(yaml, snapshot);
        result.snapshot = std::make_shared<const Snapshot>(std::move(snapshot));
    }
    return result;
}

LoadResult load_file(const std::string& path, const PriceCatalogue& catalogue, const Environment& environment) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return unreadable(path, "there is no such file, or it may not be opened");
    }
    // One byte more than is allowed, so that a device without an end is refused like a file that is too large.
    std::string text(kConfigurationBytesMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (file.gcount() == 0 && !file.eof())) {
        return unreadable(path, "it is a folder or a broken device");
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return load_text(text, path, catalogue, environment);
}

}  // namespace tierway::config
