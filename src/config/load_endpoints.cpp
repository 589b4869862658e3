#include <algorithm>
#include <string>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

bool embeds(const Snapshot& snapshot, ClassId id) {
    const TierId tier = snapshot.request_class(id).tier;
    return index_of(tier) < snapshot.tiers.size() && !snapshot.tier(tier).models.empty() &&
           snapshot.kind_of(tier) == ModelKind::Embedding;
}

/// Whether the classifier may give the class to a chat.
bool is_given_to_chats(const ClassifierSettings& classifier, ClassId id) {
    const auto gives = [id](const Rule& rule) { return rule.request_class == id; };
    const auto means = [id](const std::optional<ClassId>& label) { return label == id; };
    if (classifier.default_class == id || std::any_of(classifier.rules.begin(), classifier.rules.end(), gives)) {
        return true;
    }
    const auto& labels = classifier.model ? classifier.model->class_of_label : std::vector<std::optional<ClassId>>();
    return std::any_of(labels.begin(), labels.end(), means);
}

/// What keeps a class from being that of all requests for embeddings; empty: nothing.
std::string obstacle(const Snapshot& snapshot, ClassId id) {
    const RequestClass& request_class = snapshot.request_class(id);
    if (!embeds(snapshot, id)) {
        return "names a class whose tier is not of embedding models";
    }
    if (request_class.escalation || request_class.when_tier_is_down == WhenTierIsDown::Climb ||
        request_class.max_tier > request_class.tier) {
        return "names a class that may climb, and no tier above its own makes embeddings: take `escalate`, `max_tier` and "
               "`when_tier_is_down` from it";
    }
    if (is_given_to_chats(snapshot.classifier, id)) {
        return "names a class that the classifier gives to chats: let `classifier` name another there";
    }
    return {};
}

void load_embeddings(Loading& loading, MapReader& endpoints) {
    const YamlNode* node = endpoints.take("embeddings");
    if (node == nullptr) {
        return;
    }
    MapReader reader(*node, endpoints.path_of("embeddings"), loading.problems);
    if (const YamlNode* name = reader.require("class", "the class of all requests for embeddings"); name != nullptr) {
        loading.snapshot.embeddings_class = read_class(loading, reader, "class");
        const auto& found = loading.snapshot.embeddings_class;
        if (const std::string problem = found ? obstacle(loading.snapshot, *found) : std::string(); !problem.empty()) {
            reader.fail("class", name->place, problem);
        }
    }
    reader.finish();
}

}  // namespace

void load_endpoints(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "endpoints", loading.problems);
    load_embeddings(loading, reader);
    reader.finish();
}

void check_classes_of_embeddings(Loading& loading, const YamlNode& classes) {
    for (const YamlEntry& entry : classes.entries) {
        const auto id = loading.snapshot.find_class(entry.key);
        if (id && embeds(loading.snapshot, *id) && loading.snapshot.embeddings_class != id) {
            loading.problems.error(entry.key_place, "The class " + quoted_value(entry.key) +
                                                        " is bound to the tier of embedding models: such a class is named by "
                                                        "`endpoints.embeddings.class`, and there is one.");
        }
    }
}

}  // namespace tierway::config
