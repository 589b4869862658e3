#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/yaml_tree.hpp"
#include "tierway/config/import_litellm.hpp"
#include "tierway/config/price_catalogue.hpp"

namespace tierway::config::litellm {

/// A provider of the new configuration. Empty settings: it is a known one, of which nothing need be written.
struct ProviderDraft {
    std::string name;
    std::string dialect;          ///< Empty: follows from the name.
    std::string compatible_with;  ///< Empty: follows from the name, or nobody.
    std::string base_url;
    std::string key_variable;
    std::string api_version;

    [[nodiscard]] bool is_implied() const noexcept {
        return dialect.empty() && compatible_with.empty() && base_url.empty() && key_variable.empty() && api_version.empty();
    }
};

struct ModelDraft {
    std::string name;  ///< "provider/model"
    std::string input_price;  ///< USD per million tokens; empty: the catalogue's.
    std::string output_price;
    std::string requests_per_minute;
    std::string tokens_per_minute;
    std::string total_timeout;

    [[nodiscard]] bool is_bare() const noexcept {
        return input_price.empty() && requests_per_minute.empty() && tokens_per_minute.empty() && total_timeout.empty();
    }
};

struct GroupDraft {
    std::string name;                  ///< As clients ask for it.
    std::string tier;                  ///< As the tier is called.
    std::vector<std::string> models;   ///< Full names, in order, without repetition.
    std::vector<std::string> fallbacks;  ///< Groups.
};

struct BudgetDraft {
    std::string usd;
    std::string window;
};

/// The new configuration before it is written.
struct Draft {
    std::vector<ProviderDraft> providers;
    std::vector<ModelDraft> models;
    std::vector<GroupDraft> groups;
    std::vector<std::pair<std::string, std::string>> aliases;  ///< To a group, or to "auto".
    std::vector<std::pair<std::string, std::string>> classes;  ///< To the group of each.
    std::string default_group;                                 ///< Of the complexity router; empty: the cheapest.
    std::string attempts;
    std::string total_timeout;
    std::optional<BudgetDraft> budget;
};

/// Writes what was found, or why not.
class Notes {
public:
    void exact(const Place& place, std::string item) { notes_.push_back({ImportQuality::Exact, place.line, std::move(item), {}}); }
    void approximate(const Place& place, std::string item, std::string reason) {
        notes_.push_back({ImportQuality::Approximate, place.line, std::move(item), std::move(reason)});
    }
    void unsupported(const Place& place, std::string item, std::string reason) {
        notes_.push_back({ImportQuality::Unsupported, place.line, std::move(item), std::move(reason)});
    }
    std::vector<ImportNote> take() { return std::move(notes_); }

private:
    std::vector<ImportNote> notes_;
};

/// The value of a key of a mapping; null when there is none.
const YamlNode* value_of(const YamlNode& mapping, std::string_view key) noexcept;

/// Whether clients could ask for a group by its name here: visible ASCII without spaces, quotes and backslashes.
bool is_askable(std::string_view name) noexcept;

/// Each reads one part of the file into the draft.
void read_models(const YamlNode& list, const PriceCatalogue& catalogue, Draft& draft, Notes& notes);
void read_settings(const YamlNode& section, const std::string& name, Draft& draft, Notes& notes);

/// The draft as a configuration.
std::string write_draft(Draft draft, const PriceCatalogue& catalogue);

}  // namespace tierway::config::litellm
