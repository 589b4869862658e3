#include "tierway/config/price_catalogue.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "config/built_in_prices.hpp"
#include "tierway/base/assert.hpp"

namespace tierway::config {
namespace {

using Json = nlohmann::json;

constexpr double kPicoPerListedUnit = 1e6;     // USD per million tokens → pico-dollars per token.
constexpr double kListedPriceMax = 100'000.0;  // Keeps a bill of ten million tokens well inside 64 bits.
constexpr std::int64_t kTokensMax = 1'000'000'000;
constexpr PicoUsdPerToken kPicoPerPermille = 1'000;  // A factor is read like a price, where 1 is a million pico-dollars.

// Reads one row. The first problem stays in `problem`; later reads then change nothing that matters.
class RowReader {
public:
    explicit RowReader(const Json& object) : object_(object) {}

    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

    void fail(std::string problem) {
        if (problem_.empty()) {
            problem_ = std::move(problem);
        }
    }

    std::string text(const char* field) {
        const Json* value = find(field);
        if (value == nullptr || !value->is_string() || value->get_ref<const std::string&>().empty()) {
            fail(std::string("`") + field + "` must be a text that is not empty");
            return {};
        }
        return value->get<std::string>();
    }

    std::optional<PicoUsdPerToken> price(const char* field) {
        const Json* value = find(field);
        if (value == nullptr) {
            return std::nullopt;
        }
        const double listed = value->is_number() ? value->get<double>() : -1.0;
        if (!(listed >= 0.0 && listed <= kListedPriceMax)) {
            fail(std::string("`") + field + "` must be a number from 0 to 100000");
            return std::nullopt;
        }
        // A decimal with at most six decimals becomes the double nearest to pico/10^6, and that is what the division yields,
        // being correctly rounded. So equality proves that the whole number is the listed price, with no error at all.
        const PicoUsdPerToken pico = std::llround(listed * kPicoPerListedUnit);
        if (static_cast<double>(pico) / kPicoPerListedUnit != listed) {
            fail(std::string("`") + field + "` has more than six decimals");
        }
        return pico;
    }

    std::int64_t count(const char* field) {
        const Json* value = find(field);
        if (value == nullptr) {
            return 0;
        }
        if (!value->is_number_unsigned() || value->get<std::uint64_t>() == 0 || value->get<std::uint64_t>() > kTokensMax) {
            fail(std::string("`") + field + "` must be a whole number from 1 to " + std::to_string(kTokensMax));
            return 0;
        }
        return value->get<std::int64_t>();
    }

    Rates rates() {
        Rates result;
        const auto input = price("in");
        const auto output = price("out");
        if (!input || !output) {
            fail("a price needs `in` and `out`");
        }
        result.input = input.value_or(0);
        result.output = output.value_or(0);
        result.cached_input = price("cached_in");
        result.cache_write = price("cache_write");
        result.cache_write_1h = price("cache_write_1h");
        return result;
    }

    /// How many times the price the provider's lane costs, in thousandths; empty when it is not listed.
    std::optional<std::int64_t> service_tier_permille(const char* lane) {
        const Json* lanes = find("service_tiers");
        if (lanes == nullptr) {
            return std::nullopt;
        }
        if (!lanes->is_object()) {
            fail("`service_tiers` must be an object");
            return std::nullopt;
        }
        RowReader reader(*lanes);
        const std::optional<PicoUsdPerToken> factor = reader.price(lane);
        if (factor && (*factor <= 0 || *factor % kPicoPerPermille != 0)) {
            reader.fail(std::string("`") + lane + "` must be more than 0, with at most three decimals");
        }
        if (!reader.problem().empty()) {
            fail("`service_tiers`: " + reader.problem());
        }
        return factor ? std::optional(*factor / kPicoPerPermille) : std::nullopt;
    }

    Support flag(const char* name) {
        const Json* flags = find("flags");
        if (flags == nullptr || !flags->is_object()) {
            return Support::Unknown;
        }
        const auto value = flags->find(name);
        if (value == flags->end() || value->is_null()) {
            return Support::Unknown;
        }
        if (!value->is_boolean()) {
            fail(std::string("the flag `") + name + "` must be true, false or null");
            return Support::Unknown;
        }
        return value->get<bool>() ? Support::Yes : Support::No;
    }

    [[nodiscard]] const Json* find(const char* field) const {
        const auto found = object_.find(field);
        return found == object_.end() ? nullptr : &*found;
    }

private:
    const Json& object_;
    std::string problem_;
};

void read_context_tiers(RowReader& row, Price& price) {
    const Json* tiers = row.find("tiers");
    if (tiers == nullptr) {
        return;
    }
    if (!tiers->is_array()) {
        row.fail("`tiers` must be a list");
        return;
    }
    std::int64_t bound_below = 0;
    for (const Json& item : *tiers) {
        if (!item.is_object()) {
            row.fail("`tiers` must hold objects");
            return;
        }
        RowReader reader(item);
        ContextTier tier;
        tier.prompt_tokens_above = reader.count("above");
        tier.rates = reader.rates();
        if (tier.prompt_tokens_above <= bound_below) {
            reader.fail("the bounds `above` must ascend from 1");
        }
        if (!reader.problem().empty()) {
            row.fail("`tiers`: " + reader.problem());
            return;
        }
        bound_below = tier.prompt_tokens_above;
        price.context_tiers.push_back(tier);
    }
}

CatalogueEntry read_entry(RowReader& row) {
    CatalogueEntry entry;
    const std::string kind = row.text("kind");
    if (kind != "chat" && kind != "embedding") {
        row.fail("`kind` must be `chat` or `embedding`");
    }
    entry.kind = kind == "embedding" ? ModelKind::Embedding : ModelKind::Chat;
    entry.deprecated = row.find("status") != nullptr && row.text("status") == "deprecated";
    entry.price.base = row.rates();
    read_context_tiers(row, entry.price);
    complete_context_tiers(entry.price);
    entry.price.flex_permille = row.service_tier_permille("flex");
    entry.price.priority_permille = row.service_tier_permille("priority");
    entry.context_tokens = row.count("context");
    entry.output_tokens_max = row.count("max_out");
    entry.capabilities.vision = row.flag("vision");
    entry.capabilities.tools = row.flag("tools");
    entry.capabilities.json_schema = row.flag("json_schema");
    entry.capabilities.sampling = row.flag("temperature") != Support::No;
    if (row.flag("reasoning") == Support::No) {
        entry.capabilities.thinking = Thinking::None;
    }
    return entry;
}

Error catalogue_error(const std::string& what) {
    return Error::internal("The price catalogue cannot be used: " + what + ".");
}

}  // namespace

Result<PriceCatalogue> PriceCatalogue::parse(std::string_view json) {
    const Json document = Json::parse(json, nullptr, /*allow_exceptions=*/false);
    if (document.is_discarded() || !document.is_object()) {
        return catalogue_error("it is not a JSON object");
    }
    const auto models = document.find("models");
    if (models == document.end() || !models->is_array()) {
        return catalogue_error("`models` must be a list");
    }
    PriceCatalogue catalogue;
    RowReader head(document);
    catalogue.as_of_ = head.text("as_of");
    if (!head.problem().empty()) {
        return catalogue_error(head.problem());
    }
    std::size_t position = 0;
    for (const Json& item : *models) {
        ++position;
        if (!item.is_object()) {
            return catalogue_error("entry " + std::to_string(position) + " is not an object");
        }
        RowReader row(item);
        const std::string provider = row.text("provider");
        const std::string id = row.text("id");
        if (!row.problem().empty()) {
            return catalogue_error("entry " + std::to_string(position) + ": " + row.problem());
        }
        std::string name = provider;
        name.append("/").append(id);
        CatalogueEntry entry = read_entry(row);
        if (!row.problem().empty()) {
            return catalogue_error(name + ": " + row.problem());
        }
        if (catalogue.entries_.contains(name)) {
            return catalogue_error(name + " is listed twice");
        }
        catalogue.entries_.emplace(std::move(name), std::move(entry));
    }
    return catalogue;
}

const PriceCatalogue& PriceCatalogue::built_in() {
    static const PriceCatalogue catalogue = [] {
        Result<PriceCatalogue> parsed = parse(built_in_prices());
        TIERWAY_ASSERT(parsed.has_value());
        return *std::move(parsed);
    }();
    return catalogue;
}

const CatalogueEntry* PriceCatalogue::find(std::string_view model) const noexcept {
    const auto found = entries_.find(model);
    return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace tierway::config
