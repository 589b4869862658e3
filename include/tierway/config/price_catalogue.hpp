#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/config/capabilities.hpp"
#include "tierway/config/price.hpp"

namespace tierway::config {

/// What the catalogue knows of one model.
struct CatalogueEntry {
    ModelKind kind = ModelKind::Chat;
    bool deprecated = false;  ///< The provider has announced its end.
    Price price;
    std::int64_t context_tokens = 0;     ///< 0: not listed.
    std::int64_t output_tokens_max = 0;  ///< 0: not listed.
    Capabilities capabilities;
};

/// Prices and limits of the known models (`config/prices.json`), by "provider/model". Immutable once read.
class PriceCatalogue {
public:
    /// Reads the JSON of `config/prices.json`. Prices are read exactly; one that is not a whole number of pico-dollars per token
    /// (more than six decimals) is an error. Errors name the entry and field at fault.
    static Result<PriceCatalogue> parse(std::string_view json);
    /// The catalogue compiled into the binary, so that one file is enough to run.
    static const PriceCatalogue& built_in();

    /// Null when the model is not listed.
    [[nodiscard]] const CatalogueEntry* find(std::string_view model) const noexcept;
    /// All names in order, for did-you-mean.
    [[nodiscard]] const std::map<std::string, CatalogueEntry, std::less<>>& entries() const noexcept { return entries_; }
    [[nodiscard]] std::string_view as_of() const noexcept { return as_of_; }

private:
    std::map<std::string, CatalogueEntry, std::less<>> entries_;
    std::string as_of_;
};

}  // namespace tierway::config
