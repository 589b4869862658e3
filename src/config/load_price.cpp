#include <string>
#include <vector>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

constexpr std::int64_t kTokensMax = 100'000'000;

bool read_rates(MapReader& reader, Rates& rates) {
    const bool has_input =
        reader.require("input", "USD per million input tokens") != nullptr && reader.read_price("input", rates.input);
    const bool has_output =
        reader.require("output", "USD per million output tokens") != nullptr && reader.read_price("output", rates.output);
    PicoUsdPerToken rate = 0;
    if (reader.read_price("cached_input", rate)) {
        rates.cached_input = rate;
    }
    if (reader.read_price("cache_write", rate)) {
        rates.cache_write = rate;
    }
    if (reader.read_price("cache_write_1h", rate)) {
        rates.cache_write_1h = rate;
    }
    return has_input && has_output;
}

void read_context_tiers(Loading& loading, MapReader& reader, std::vector<ContextTier>& tiers) {
    const YamlNode* list = reader.take_list("context_tiers");
    if (list == nullptr) {
        return;
    }
    std::int64_t bound_below = 0;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        MapReader item(list->items[i], reader.path_of("context_tiers[" + std::to_string(i) + "]"), loading.problems);
        ContextTier tier;
        if (item.require("above", "the number of prompt tokens above which this price holds") != nullptr &&
            item.read_integer("above", tier.prompt_tokens_above, 1, kTokensMax)) {
            if (tier.prompt_tokens_above <= bound_below) {
                item.fail("above", item.take("above")->place, "must be more than that of the entry before it");
            }
            bound_below = tier.prompt_tokens_above;
        }
        read_rates(item, tier.rates);
        item.finish();
        tiers.push_back(tier);
    }
}

void read_service_tiers(Loading& loading, MapReader& reader, Price& price) {
    const YamlNode* node = reader.take("service_tiers");
    if (node == nullptr) {
        return;
    }
    MapReader lanes(*node, reader.path_of("service_tiers"), loading.problems);
    lanes.read_factor("flex", price.flex_permille);
    lanes.read_factor("priority", price.priority_permille);
    lanes.finish();
}

}  // namespace

// A given price replaces the listed one as a whole: own base rates under the catalogue's context tiers would be nobody's price.
bool read_price(Loading& loading, MapReader& parent, std::string_view key, Price& price) {
    const YamlNode* node = parent.take(key);
    if (node == nullptr) {
        return false;
    }
    price = Price();
    MapReader reader(*node, parent.path_of(key), loading.problems);
    const bool has_rates = reader.is_mapping() && read_rates(reader, price.base);
    read_context_tiers(loading, reader, price.context_tiers);
    read_service_tiers(loading, reader, price);
    reader.finish();
    if (has_rates) {
        complete_context_tiers(price);
    }
    return true;
}

}  // namespace tierway::config
