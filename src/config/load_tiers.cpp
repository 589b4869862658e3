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

}  // namespace

void load_tiers(Loading& loading, const YamlNode& section) {
    const MapReader reader(section, "tiers", loading.problems);
    for (const YamlEntry& entry : reader.entries()) {
        load_tier(loading, entry);
    }
    if (reader.is_mapping() && reader.entries().empty()) {
        loading.problems.error(section.place, "`tiers` needs at least one tier.");
    }
    warn_of_order(loading, reader.entries());
}

}  // namespace tierway::config
