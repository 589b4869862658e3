#include "cascade/schema_keywords.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tierway::cascade {
namespace {

struct Keyword {
    std::string_view name;
    wire::JsonValue SchemaKeywords::*slot;
};

// Sorted by length: the length leaves hardly more than one candidate to compare with.
constexpr std::array kKeywords = {
    Keyword{"if", &SchemaKeywords::condition},
    Keyword{"not", &SchemaKeywords::negated},
    Keyword{"$ref", &SchemaKeywords::reference},
    Keyword{"else", &SchemaKeywords::otherwise},
    Keyword{"enum", &SchemaKeywords::enumeration},
    Keyword{"then", &SchemaKeywords::then},
    Keyword{"type", &SchemaKeywords::type},
    Keyword{"allOf", &SchemaKeywords::all_of},
    Keyword{"anyOf", &SchemaKeywords::any_of},
    Keyword{"const", &SchemaKeywords::constant},
    Keyword{"items", &SchemaKeywords::items},
    Keyword{"oneOf", &SchemaKeywords::one_of},
    Keyword{"maximum", &SchemaKeywords::maximum},
    Keyword{"minimum", &SchemaKeywords::minimum},
    Keyword{"pattern", &SchemaKeywords::pattern},
    Keyword{"maxItems", &SchemaKeywords::items_max},
    Keyword{"minItems", &SchemaKeywords::items_min},
    Keyword{"required", &SchemaKeywords::required},
    Keyword{"maxLength", &SchemaKeywords::length_max},
    Keyword{"minLength", &SchemaKeywords::length_min},
    Keyword{"multipleOf", &SchemaKeywords::multiple_of},
    Keyword{"properties", &SchemaKeywords::properties},
    Keyword{"prefixItems", &SchemaKeywords::prefix_items},
    Keyword{"uniqueItems", &SchemaKeywords::unique_items},
    Keyword{"maxProperties", &SchemaKeywords::properties_max},
    Keyword{"minProperties", &SchemaKeywords::properties_min},
    Keyword{"exclusiveMaximum", &SchemaKeywords::exclusive_maximum},
    Keyword{"exclusiveMinimum", &SchemaKeywords::exclusive_minimum},
    Keyword{"patternProperties", &SchemaKeywords::pattern_properties},
    Keyword{"additionalProperties", &SchemaKeywords::additional_properties},
};
constexpr std::size_t kLengthMax = kKeywords.back().name.size();

constexpr std::size_t length_of(const Keyword& keyword) noexcept {
    return keyword.name.size();
}
static_assert(std::ranges::is_sorted(kKeywords, {}, length_of));

/// Where the keywords of each length begin.
constexpr auto kBegins = [] {
    std::array<std::uint8_t, kLengthMax + 2> begins{};
    for (std::size_t length = 0; length < begins.size(); ++length) {
        begins[length] = static_cast<std::uint8_t>(
            std::ranges::count_if(kKeywords, [&](const Keyword& keyword) { return length_of(keyword) < length; }));
    }
    return begins;
}();

}  // namespace

SchemaKeywords collect_keywords(const wire::JsonValue& schema, WorkBudget& budget) {
    SchemaKeywords keywords;
    std::string scratch;
    if (!budget.spend(steps_for(4 * schema.size()))) {
        return keywords;
    }
    for (const wire::JsonValue member : schema) {
        const std::string_view name = member.key(scratch);
        if (name.size() > kLengthMax) {
            continue;
        }
        for (std::size_t i = kBegins[name.size()]; i < kBegins[name.size() + 1]; ++i) {
            if (kKeywords[i].name == name) {
                keywords.*(kKeywords[i].slot) = member;
            }
        }
    }
    return keywords;
}

}  // namespace tierway::cascade
