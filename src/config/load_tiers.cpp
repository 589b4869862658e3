#include <algorithm>
#include <string>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

// A model's plain rate, to compare models with.
PicoUsdPerToken comparable_price(const Model& model) {
    return model.price.base.input + model.price.base.output;
}

void load_tier(Loading& loading, const YamlEntry& entry) {
    Tier tier;
    tier.name = entry.key;
    const std::string path = "tiers." + entry.key;
    if (const auto name = parse_name(entry.key); !name.value) {
        loading.problems.error(entry.key_place, "The tier name " + quoted_value(entry.key) + " " + name.problem + ".");
    }
    if (entry.value.kind != YamlNode::Kind::List) {
        loading.problems.error(entry.value.place, quoted_value(path) + " must be a list of models (`[provider/model]`), not " +
                                                      std::string(kind_words(entry.value)) + ".");
    } else if (entry.value.items.empty()) {
        loading.problems.error(entry.value.place, quoted_value(path) + " needs at least one model.");
    }
    for (const YamlNode& item : entry.value.items) {
        if (item.kind != YamlNode::Kind::Scalar) {
            loading.problems.error(item.place,
                                   quoted_value(path) + " must list model names, not " + std::string(kind_words(item)) + ".");
            continue;
        }
        auto model = loading.snapshot.find_model(item.text);
        if (!model) {
            model = define_model(loading, item.text, item.place, nullptr, path);
        }
        if (!model) {
            continue;
        }
        if (std::find(tier.models.begin(), tier.models.end(), *model) != tier.models.end()) {
            loading.problems.error(item.place, quoted_value(path) + " lists " + quoted_value(item.text) + " twice.");
            continue;
        }
        const ModelKind kind = loading.snapshot.model(*model).kind;
        if (!tier.models.empty() && kind != loading.snapshot.model(tier.models.front()).kind) {
            const std::string& embedding =
                kind == ModelKind::Embedding ? item.text : loading.snapshot.model(tier.models.front()).name;
            loading.problems.error(item.place, quoted_value(path) + " mixes models that answer chats with embedding models, of which " +
                                                   quoted_value(embedding) + " is one: give these a tier of their own.");
            continue;
        }
        tier.models.push_back(*model);
    }
    loading.snapshot.tiers.push_back(std::move(tier));
}

void warn_of_order(Loading& loading, const std::vector<YamlEntry>& entries) {
    const Snapshot& snapshot = loading.snapshot;
    for (std::size_t i = 1; i < snapshot.tiers.size(); ++i) {
        const Tier& lower = snapshot.tiers[i - 1];
        const Tier& upper = snapshot.tiers[i];
        if (lower.models.empty() || upper.models.empty()) {
            continue;
        }
        const Model& lower_first = snapshot.model(lower.models.front());
        const Model& upper_first = snapshot.model(upper.models.front());
        if (comparable_price(lower_first) > comparable_price(upper_first)) {
            loading.problems.warn(entries[i].key_place, "Tiers are to be ordered cheapest first, but the first model of " +
                                                            quoted_value(upper.name) + ", " + quoted_value(upper_first.name) +
                                                            ", costs less than that of " + quoted_value(lower.name) + ", " +
                                                            quoted_value(lower_first.name) + ".");
        }
    }
}

// Embedding models cannot be climbed to: their tier is the first, and there is a chat tier above it.
void check_embedding_tier(Loading& loading, const std::vector<YamlEntry>& entries) {
    const Snapshot& snapshot = loading.snapshot;
    for (std::size_t i = 0; i < snapshot.tiers.size(); ++i) {
        const Tier& tier = snapshot.tiers[i];
        if (tier.models.empty() || snapshot.kind_of(TierId(i)) == ModelKind::Chat) {
            continue;
        }
        if (i > 0) {
            loading.problems.error(entries[i].key_place,
                                   quoted_value("tiers." + tier.name) +
                                       " is of embedding models, of which there can be one tier, and it must be the first.");
        } else if (snapshot.tiers.size() == 1) {
            loading.problems.error(entries[i].key_place,
                                   "`tiers` needs a tier of models that answer chats above that of embedding models.");
        }
    }
}

}  // namespace

void load_tiers(Loading& loading, const YamlNode& section) {
    const MapReader reader(section, "tiers", loading.problems);
    for (const YamlEntry& entry : reader.entries()) {
        load_tier(loading, entry);
    }
    if (reader.is_mapping() && reader.entries().empty()) {
        loading.problems.error(section.place, "`tiers` needs at least one tier.");
    }
    check_embedding_tier(loading, reader.entries());
    warn_of_order(loading, reader.entries());
}

}  // namespace tierway::config
