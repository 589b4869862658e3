#pragma once

#include <nlohmann/json.hpp>
#include <vector>

namespace tierway::dialect {

/// The document again and again, each time with another of its values, objects and arrays included, replaced by one of another
/// kind.
template <class Check>
void with_each_value_replaced(const nlohmann::json& whole, Check check) {
    using Json = nlohmann::json;
    const std::vector<Json> kinds = {
        nullptr, true, 1e300, -1, 255, "text", Json::array(), Json::array({1}), Json::object(), Json{{"type", "x"}}};
    const Json flat = whole.flatten();
    for (auto place = flat.begin(); place != flat.end(); ++place) {
        for (Json::json_pointer at(place.key()); !at.empty(); at = at.parent_pointer()) {
            for (const Json& kind : kinds) {
                Json hostile = whole;
                hostile[at] = kind;
                check(hostile);
            }
        }
    }
}

}  // namespace tierway::dialect
