#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/problems.hpp"

namespace tierway::config {

struct YamlEntry;

/// One node of the configuration text. Scalars keep their text as written: what `030` or `yes` means is for the reader to say.
struct YamlNode {
    enum class Kind { Null, Scalar, List, Mapping };

    Kind kind = Kind::Null;
    bool quoted = false;  ///< A scalar in quotes, or a block scalar: always a text.
    Place place;          ///< Where the value begins; of a missing value, where its key is.
    std::string text;
    std::vector<YamlNode> items;
    std::vector<YamlEntry> entries;  ///< In the order of the file; keys are unique.
};

struct YamlEntry {
    std::string key;
    Place key_place;
    YamlNode value;
};

/// Reads one YAML document into a tree. Everything that is not plain configuration is a problem: duplicate keys, anchors, aliases
/// (and with them the bombs made of them), tags, further documents, keys that are not text. Bounds: 1 MiB, 20,000 nodes, 32
/// levels. Empty when there is no tree to go on with; a problem then says why.
std::optional<YamlNode> read_yaml(std::string_view text, Problems& problems);

}  // namespace tierway::config
