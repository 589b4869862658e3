#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tierway::dialect {

/// Texts made of `sample` by putting a value of each JSON kind in the place of each of its values, and by leaving each member out.
inline std::vector<std::string> hostile_variants(const std::string& sample) {
    using Json = nlohmann::ordered_json;
    const Json original = Json::parse(sample);
    const std::vector<Json> values = {nullptr, true, -1, 1e300, "", "text", Json::array(), Json::object(), {1, {2}}, {{"x", {{"y", 1}}}}};
    std::vector<std::string> variants;
    const Json flat = original.flatten();
    std::vector<Json::json_pointer> places = {Json::json_pointer("")};
    for (const auto& [pointer, value] : flat.items()) {
        for (Json::json_pointer place(pointer); !place.empty(); place = place.parent_pointer()) {
            if (std::find(places.begin(), places.end(), place) == places.end()) {
                places.push_back(place);
            }
        }
    }
    for (const Json::json_pointer& place : places) {
        for (const Json& value : values) {
            Json changed = original;
            changed[place] = value;
            variants.push_back(changed.dump());
        }
        if (!place.empty() && original.at(place.parent_pointer()).is_object()) {
            Json changed = original;
            changed.at(place.parent_pointer()).erase(place.back());
            variants.push_back(changed.dump());
        }
    }
    return variants;
}

}  // namespace tierway::dialect
