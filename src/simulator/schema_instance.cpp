#include "simulator/schema_instance.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "simulator/arithmetic.hpp"
#include "simulator/words.hpp"

namespace tierway::simulator {
namespace {

using nlohmann::json;

constexpr unsigned kDepthMax = 24;
/// Below this, only what the schema requires is filled in.
constexpr unsigned kGenerousDepth = 5;
constexpr unsigned kValuesMax = 4096;
/// Merging copies, so that a hostile schema could otherwise make a lot of work.
constexpr unsigned kMergesMax = 64;
constexpr std::size_t kLengthMax = 4096;
constexpr std::size_t kItemsMax = 64;

const json* member(const json& object, const char* name) {
    if (!object.is_object()) {
        return nullptr;
    }
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

double number_or(const json& schema, const char* name, double otherwise) {
    const json* value = member(schema, name);
    return value != nullptr && value->is_number() ? value->get<double>() : otherwise;
}

std::size_t count_or(const json& schema, const char* name, std::size_t otherwise, std::size_t max) {
    const double value = number_or(schema, name, -1.0);
    return value < 0.0 ? otherwise : static_cast<std::size_t>(std::min(value, static_cast<double>(max)));
}

/// Builds one instance; counts what it builds, because a schema may refer to itself.
class Builder {
public:
    Builder(const json& root, const Material& material) : root_(root), material_(material) {}

    json build(const json& schema, const std::string& name, unsigned depth);
    /// The schema behind `$ref`, as far as it can be followed.
    const json& resolved(const json& schema) const;

private:
    std::string type_of(const json& schema, unsigned depth) const;
    json choose_branch(const json& branches, const std::string& name, unsigned depth);
    json merged(const json& schema) const;
    json build_object(const json& schema, unsigned depth);
    json build_array(const json& schema, const std::string& name, unsigned depth);
    json build_number(const json& schema, bool integer) const;
    std::string build_string(const json& schema, const std::string& name) const;
    std::string text_for(const std::string& name) const;
    const std::vector<std::string>* list_for(const std::string& name) const;

    const json& root_;
    const Material& material_;
    unsigned values_ = 0;
    unsigned merges_ = 0;
    std::size_t item_ = 0;  ///< Position inside the array being built, so that its items differ.
};

const json& Builder::resolved(const json& schema) const {
    const json* current = &schema;
    for (unsigned hops = 0; hops < kDepthMax; ++hops) {
        const json* reference = member(*current, "$ref");
        if (reference == nullptr || !reference->is_string() || !reference->get_ref<const std::string&>().starts_with('#')) {
            return *current;
        }
        const json* target = &root_;
        std::string_view path = std::string_view(reference->get_ref<const std::string&>()).substr(1);
        while (path.starts_with('/') && target != nullptr) {
            path.remove_prefix(1);
            const std::size_t end = std::min(path.find('/'), path.size());
            target = member(*target, std::string(path.substr(0, end)).c_str());
            path.remove_prefix(end);
        }
        if (target == nullptr) {
            return *current;
        }
        current = target;
    }
    return *current;
}

std::string Builder::type_of(const json& schema, unsigned depth) const {
    const json* type = member(schema, "type");
    if (type != nullptr && type->is_string()) {
        return type->get<std::string>();
    }
    if (type != nullptr && type->is_array() && !type->empty()) {
        const bool nullable = std::find(type->begin(), type->end(), "null") != type->end();
        for (const json& one : *type) {
            if (one.is_string() && one != "null" && !(nullable && depth > kGenerousDepth)) {
                return one.get<std::string>();
            }
        }
        return "null";
    }
    if (member(schema, "properties") != nullptr || member(schema, "required") != nullptr) {
        return "object";
    }
    if (member(schema, "items") != nullptr || member(schema, "prefixItems") != nullptr) {
        return "array";
    }
    const bool numeric = member(schema, "minimum") != nullptr || member(schema, "maximum") != nullptr;
    return numeric ? "number" : "string";
}

json Builder::choose_branch(const json& branches, const std::string& name, unsigned depth) {
    const json* chosen = &branches.front();
    if (depth > kGenerousDepth) {
        for (const json& branch : branches) {
            const json* type = member(branch, "type");
            chosen = type != nullptr && *type == "null" ? &branch : chosen;
        }
    }
    return build(*chosen, name, depth + 1);
}

/// `allOf` folded into one schema: later keywords win, properties and required names add up.
json Builder::merged(const json& schema) const {
    json whole = schema;
    const json parts = whole.at("allOf");
    whole.erase("allOf");
    for (const json& unresolved : parts) {
        const json& part = resolved(unresolved);
        if (!part.is_object()) {
            continue;
        }
        for (const auto& [key, value] : part.items()) {
            if (key == "properties" && value.is_object() && whole["properties"].is_object()) {
                whole["properties"].update(value);
            } else if (key == "required" && value.is_array() && whole["required"].is_array()) {
                whole["required"].insert(whole["required"].end(), value.begin(), value.end());
            } else {
                whole[key] = value;
            }
        }
    }
    return whole;
}

json Builder::build(const json& unresolved, const std::string& name, unsigned depth) {
    if (++values_ > kValuesMax || depth > kDepthMax) {
        return nullptr;
    }
    const json& schema = resolved(unresolved);
    for (const char* keyword : {"const", "default"}) {
        if (const json* fixed = member(schema, keyword)) {
            return *fixed;
        }
    }
    for (const char* keyword : {"enum", "examples"}) {
        const json* options = member(schema, keyword);
        if (options != nullptr && options->is_array() && !options->empty()) {
            const auto fits = std::find(options->begin(), options->end(), json(material_.task.value));
            return fits != options->end() ? *fits : options->front();
        }
    }
    for (const char* keyword : {"anyOf", "oneOf"}) {
        const json* branches = member(schema, keyword);
        if (branches != nullptr && branches->is_array() && !branches->empty()) {
            return choose_branch(*branches, name, depth);
        }
    }
    const json* all = member(schema, "allOf");
    if (all != nullptr && all->is_array() && ++merges_ <= kMergesMax) {
        return build(merged(schema), name, depth + 1);
    }
    const std::string type = type_of(schema, depth);
    if (type == "object") {
        return build_object(schema, depth);
    }
    if (type == "array") {
        return build_array(schema, name, depth);
    }
    if (type == "integer" || type == "number") {
        return build_number(schema, type == "integer");
    }
    if (type == "boolean") {
        return material_.task.value != "negative" && material_.task.value != "not spam";
    }
    return type == "null" ? json(nullptr) : json(build_string(schema, name));
}

json Builder::build_object(const json& schema, unsigned depth) {
    json object = json::object();
    const json* properties = member(schema, "properties");
    const json* required = member(schema, "required");
    const bool names = required != nullptr && required->is_array();
    if (properties != nullptr && properties->is_object()) {
        for (const auto& [key, value] : properties->items()) {
            const bool needed = names && std::find(required->begin(), required->end(), key) != required->end();
            if (needed || depth <= kGenerousDepth) {
                object[key] = build(value, key, depth + 1);
            }
        }
    }
    if (names) {
        for (const json& key : *required) {
            if (key.is_string() && !object.contains(key.get_ref<const std::string&>())) {
                object[key.get<std::string>()] = text_for(key.get<std::string>());
            }
        }
    }
    return object;
}

json Builder::build_array(const json& schema, const std::string& name, unsigned depth) {
    json array = json::array();
    const json* prefix = member(schema, "prefixItems");
    const json* items = member(schema, "items");
    const std::size_t min = count_or(schema, "minItems", 0, kItemsMax);
    const std::size_t max = count_or(schema, "maxItems", kItemsMax, kItemsMax);
    const std::vector<std::string>* list = list_for(name);
    const std::size_t found = list != nullptr ? list->size() : 1;
    const std::size_t fixed = prefix != nullptr && prefix->is_array() ? prefix->size() : 0;
    std::size_t wanted = std::max(fixed, depth > kGenerousDepth ? 0 : found);
    wanted = std::max(std::min(wanted, max), min);
    for (std::size_t i = 0; i < wanted && values_ < kValuesMax; ++i) {
        const std::size_t outer = std::exchange(item_, i);
        if (i < fixed) {
            array.push_back(build((*prefix)[i], name, depth + 1));
        } else if (items != nullptr && items->is_object()) {
            array.push_back(build(*items, name, depth + 1));
        } else {
            array.push_back(text_for(name));
        }
        item_ = outer;
    }
    return array;
}

json Builder::build_number(const json& schema, bool integer) const {
    double value = 1.0;
    const std::vector<double> numbers = numbers_in(lowered(material_.task.value));
    if (!numbers.empty()) {
        value = numbers[item_ % numbers.size()];
    } else if (!material_.findings.numbers.empty()) {
        value = std::strtod(material_.findings.numbers[item_ % material_.findings.numbers.size()].c_str(), nullptr);
    }
    const double step = integer ? 1.0 : 0.5;
    const double min = std::max(number_or(schema, "minimum", -1e15), number_or(schema, "exclusiveMinimum", -2e15) + step);
    const double max = std::min(number_or(schema, "maximum", 1e15), number_or(schema, "exclusiveMaximum", 2e15) - step);
    value = std::max(std::min(value, max), min);
    if (integer) {
        value = std::floor(value) < min ? std::ceil(value) : std::floor(value);
    }
    const double multiple = number_or(schema, "multipleOf", 0.0);
    if (multiple > 0.0) {
        const double up = std::ceil(value / multiple) * multiple;
        value = up > max ? std::floor(value / multiple) * multiple : up;
    }
    return integer && std::abs(value) < 9e18 ? json(static_cast<std::int64_t>(value)) : json(value);
}

const std::vector<std::string>* Builder::list_for(const std::string& name) const {
    const std::string lower = lowered(name);
    const Findings& findings = material_.findings;
    const auto holds = [&lower](std::string_view part) { return lower.find(part) != std::string::npos; };
    if (holds("mail")) {
        return &findings.emails;
    }
    if (holds("url") || holds("link")) {
        return &findings.links;
    }
    if (holds("date")) {
        return &findings.dates;
    }
    if (holds("number") || holds("amount") || holds("price")) {
        return &findings.numbers;
    }
    const bool named =
        holds("name") || holds("person") || holds("people") || holds("city") || holds("location") || holds("place");
    return named ? &findings.names : nullptr;
}

std::string Builder::text_for(const std::string& name) const {
    const std::vector<std::string>* list = list_for(name);
    if (list != nullptr && !list->empty()) {
        return (*list)[item_ % list->size()];
    }
    const std::string text = list == nullptr ? material_.task.value : material_.topic;
    return item_ == 0 ? text : text + " " + std::to_string(item_ + 1);
}

std::string Builder::build_string(const json& schema, const std::string& name) const {
    const json* format = member(schema, "format");
    const std::string kind = format != nullptr && format->is_string() ? format->get<std::string>() : "";
    const Findings& findings = material_.findings;
    if (kind == "email") {
        return findings.emails.empty() ? "ada@example.org" : findings.emails[item_ % findings.emails.size()];
    }
    if (kind == "uri" || kind == "url") {
        return findings.links.empty() ? "https://example.org/" : findings.links[item_ % findings.links.size()];
    }
    if (kind == "date" || kind == "date-time") {
        const std::string date = findings.dates.empty() ? "2026-01-01" : findings.dates[item_ % findings.dates.size()];
        return kind == "date" ? date : date + "T00:00:00Z";
    }
    if (kind == "time") {
        return "12:00:00Z";
    }
    if (kind == "uuid") {
        return "00000000-0000-4000-8000-00000000000" + std::to_string(item_ % 10);
    }
    std::string text = text_for(name);
    const std::size_t min = count_or(schema, "minLength", 0, kLengthMax);
    const std::size_t max = count_or(schema, "maxLength", kLengthMax, kLengthMax);
    // Lengths count characters; bytes are never fewer, so what is short enough in bytes is short enough.
    text.resize(utf8_cut(text, max));
    const auto characters = static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
    text.append(min > characters ? min - characters : 0, 'x');
    return text;
}

/// Written with replacement of what is not UTF-8, because writing must not throw.
std::string written(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Material::Material(std::string_view question)
    : task(find_task(question)), findings(find_in(payload_of(question))), topic(topic_of(question)) {}

json instance_of(const json& schema, const Material& material) {
    Builder builder(schema, material);
    return builder.build(schema, "answer", 0);
}

std::string broken_instance_of(const json& schema, const Material& material) {
    const json& top = Builder(schema, material).resolved(schema);
    json instance = instance_of(schema, material);
    const json* required = member(top, "required");
    if (required != nullptr && required->is_array() && !required->empty() && required->front().is_string() &&
        instance.is_object()) {
        instance.erase(required->back().is_string() ? required->back().get<std::string>() : required->front().get<std::string>());
        return written(instance);
    }
    const json* type = member(top, "type");
    if (type != nullptr && type->is_string()) {
        return *type == "string" ? "17" : "\"not what was asked for\"";
    }
    const std::string text = written(instance);
    return text.size() > 2 ? text.substr(0, utf8_cut(text, text.size() / 2)) : "{";
}

}  // namespace tierway::simulator
