#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/config/load.hpp"

namespace tierway::config {

/// How well a thing of another gateway's configuration can be said in ours.
enum class ImportQuality : std::uint8_t {
    Exact,
    Approximate,  ///< Something much like it; the reason says what differs.
    Unsupported,  ///< Left out; the reason says why, and what to do instead.
};
std::string_view name_of(ImportQuality quality) noexcept;

struct ImportNote {
    ImportQuality quality = ImportQuality::Exact;
    int line = 0;        ///< Of the imported file.
    std::string item;    ///< "model_list[0].litellm_params.rpm"
    std::string reason;  ///< Empty when exact.
};

struct Imported {
    std::string yaml;                ///< A configuration (docs/configuration.md); empty when there are problems.
    std::vector<ImportNote> notes;   ///< One for each thing in the file, in its order.
    std::vector<Problem> problems;   ///< Why the file cannot be read at all.
};

/// Translates a configuration of the LiteLLM proxy. Model groups become tiers, cheapest first by the catalogue, that are reached
/// under their old names by aliases; fallbacks, aliases of groups, a complexity router's tiers, budgets, prices, rates and retries
/// become what comes nearest. The text must be plain YAML (`load_text`'s bounds); credentials in it are never repeated. Pure.
Imported import_litellm(std::string_view text, const std::string& file, const PriceCatalogue& catalogue);

}  // namespace tierway::config
