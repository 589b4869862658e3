#include "config/map_reader.hpp"

#include <algorithm>

namespace tierway::config {

std::string_view kind_words(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::Null:
            return "nothing";
        case YamlNode::Kind::Scalar:
            return "a single value";
        case YamlNode::Kind::List:
            return "a list";
        case YamlNode::Kind::Mapping:
            return "a mapping";
    }
    return "something else";
}

MapReader::MapReader(const YamlNode& node, std::string path, Problems& problems)
    : node_(node), path_(std::move(path)), problems_(problems) {
    if (!is_mapping()) {
        fail_here("must be a mapping (`key: value`), not " + std::string(kind_words(node)));
    }
}

std::string MapReader::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void MapReader::fail(std::string_view key, Place place, const std::string& problem) {
    problems_.error(place, quoted_value(path_of(key)) + " " + problem + ".");
}

void MapReader::fail_here(const std::string& problem) {
    problems_.error(node_.place, (path_.empty() ? "The configuration" : quoted_value(path_)) + " " + problem + ".");
}

const YamlEntry* MapReader::find(std::string_view key) {
    known_.emplace(key);
    const auto found =
        std::find_if(node_.entries.begin(), node_.entries.end(), [key](const YamlEntry& entry) { return entry.key == key; });
    return found == node_.entries.end() ? nullptr : &*found;
}

const YamlNode* MapReader::take(std::string_view key) {
    const YamlEntry* entry = find(key);
    if (entry == nullptr) {
        return nullptr;
    }
    if (entry->value.kind == YamlNode::Kind::Null) {
        fail(key, entry->key_place, "has no value: write one or remove the key");
        return nullptr;
    }
    return &entry->value;
}

const YamlNode* MapReader::require(std::string_view key, std::string_view what) {
    if (find(key) == nullptr) {
        if (is_mapping()) {
            fail_here("lacks " + quoted_value(key) + ": write " + std::string(what));
        }
        return nullptr;
    }
    return take(key);
}

const YamlNode* MapReader::take_scalar(std::string_view key) {
    const YamlNode* node = take(key);
    if (node != nullptr && node->kind != YamlNode::Kind::Scalar) {
        fail(key, node->place, "must be a single value, not " + std::string(kind_words(*node)));
        return nullptr;
    }
    return node;
}

const YamlNode* MapReader::take_list(std::string_view key) {
    const YamlNode* node = take(key);
    if (node != nullptr && node->kind != YamlNode::Kind::List) {
        fail(key, node->place, "must be a list (`[a, b]`), not " + std::string(kind_words(*node)));
        return nullptr;
    }
    return node;
}

bool MapReader::refuse_quotes(std::string_view key, const YamlNode& node) {
    if (node.quoted) {
        fail(key, node.place, "must be written without quotes: " + quoted_value(node.text) + " in quotes is a text");
    }
    return node.quoted;
}

bool MapReader::read_text(std::string_view key, std::string& target) {
    const YamlNode* node = take_scalar(key);
    if (node == nullptr) {
        return false;
    }
    if (node->text.empty()) {
        fail(key, node->place, "must not be empty");
        return false;
    }
    target = node->text;
    return true;
}

bool MapReader::read_bool(std::string_view key, bool& target) {
    return read_number(key, target, parse_bool);
}

bool MapReader::read_duration(std::string_view key, Milliseconds& target, Milliseconds max) {
    const YamlNode* node = take_scalar(key);
    return node != nullptr && assign(key, *node, target, parse_duration(node->text, max));
}

bool MapReader::read_size(std::string_view key, std::size_t& target, std::size_t min, std::size_t max) {
    const YamlNode* node = take_scalar(key);
    return node != nullptr && assign(key, *node, target, parse_size(node->text, min, max));
}

bool MapReader::read_fraction(std::string_view key, double& target) {
    return read_number(key, target, parse_fraction);
}

bool MapReader::read_real(std::string_view key, double& target, double max) {
    return read_number(key, target, [max](std::string_view text) { return parse_real(text, max); });
}

bool MapReader::read_price(std::string_view key, PicoUsdPerToken& target) {
    return read_number(key, target, parse_price);
}

bool MapReader::read_factor(std::string_view key, std::optional<std::int64_t>& target) {
    return read_number(key, target, parse_factor_permille);
}

bool MapReader::read_usd(std::string_view key, Usd& target) {
    return read_number(key, target, parse_usd);
}

bool MapReader::read_moment(std::string_view key, WallTime& target) {
    const YamlNode* node = take_scalar(key);
    return node != nullptr && assign(key, *node, target, parse_moment(node->text));
}

void MapReader::wrong_choice(std::string_view key, const YamlNode& node, const std::vector<std::string_view>& words) {
    std::string list;
    for (std::size_t i = 0; i < words.size(); ++i) {
        list += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + quoted_value(words[i]);
    }
    problems_.error(node.place, quoted_value(path_of(key)) + " must be " + list + ", not " + quoted_value(node.text) + "." +
                                    problems_.near_suggestion(node.text, words));
}

void MapReader::finish() {
    const std::vector<std::string_view> known(known_.begin(), known_.end());
    for (const YamlEntry& entry : node_.entries) {
        if (!known_.contains(entry.key)) {
            problems_.error(entry.key_place, (path_.empty() ? "The configuration" : quoted_value(path_)) + " has no key " +
                                                 quoted_value(entry.key) + "." + problems_.suggestion(entry.key, known));
        }
    }
}

}  // namespace tierway::config
