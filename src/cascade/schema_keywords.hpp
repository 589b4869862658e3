#pragma once

#include "cascade/work_budget.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::cascade {

/// The keywords of one schema object that we assert, each missing when the schema does not have it.
struct SchemaKeywords {
    wire::JsonValue additional_properties;
    wire::JsonValue all_of;
    wire::JsonValue any_of;
    wire::JsonValue constant;
    wire::JsonValue otherwise;
    wire::JsonValue enumeration;
    wire::JsonValue exclusive_maximum;
    wire::JsonValue exclusive_minimum;
    wire::JsonValue condition;
    wire::JsonValue items;
    wire::JsonValue items_max;
    wire::JsonValue items_min;
    wire::JsonValue length_max;
    wire::JsonValue length_min;
    wire::JsonValue maximum;
    wire::JsonValue minimum;
    wire::JsonValue multiple_of;
    wire::JsonValue negated;
    wire::JsonValue one_of;
    wire::JsonValue pattern;
    wire::JsonValue pattern_properties;
    wire::JsonValue prefix_items;
    wire::JsonValue properties;
    wire::JsonValue properties_max;
    wire::JsonValue properties_min;
    wire::JsonValue reference;
    wire::JsonValue required;
    wire::JsonValue then;
    wire::JsonValue type;
    wire::JsonValue unique_items;
};

/// Collects the keywords in one pass, because looking thirty of them up one by one would walk the schema thirty times.
/// Of duplicate keywords the last counts.
SchemaKeywords collect_keywords(const wire::JsonValue& schema, WorkBudget& budget);

}  // namespace tierway::cascade
