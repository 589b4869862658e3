#include <algorithm>
#include <string>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

constexpr std::string_view kAuto = "auto";
constexpr std::string_view kTierPrefix = "tier:";

// Everything an alias may stand for.
std::vector<std::string> targets_of(const Snapshot& snapshot) {
    std::vector<std::string> targets{std::string(kAuto)};
    for (const Tier& tier : snapshot.tiers) {
        targets.push_back(std::string(kTierPrefix) + tier.name);
    }
    for (const Model& model : snapshot.models) {
        targets.push_back(model.name);
    }
    return targets;
}

// Empty when the name is free for an alias, else why not.
std::string name_problem(const Snapshot& snapshot, std::string_view name) {
    if (const auto parsed = parse_model_name(name); !parsed.value) {
        return parsed.problem;
    }
    if (name == kAuto || name.starts_with(kTierPrefix)) {
        return "already has a meaning of its own";
    }
    if (snapshot.find_model(name)) {
        return "is a configured model";
    }
    return {};
}

void load_alias(Loading& loading, const YamlNode& section, const YamlEntry& entry, const std::vector<std::string>& targets) {
    if (const std::string problem = name_problem(loading.snapshot, entry.key); !problem.empty()) {
        loading.problems.error(entry.key_place, "The alias name " + quoted_value(entry.key) + " " + problem + ".");
    }
    const std::string path = quoted_value("aliases." + entry.key);
    const YamlNode& target = entry.value;
    if (target.kind != YamlNode::Kind::Scalar) {
        loading.problems.error(target.place, path + " must be `auto`, `tier:name` or `provider/model`, not " +
                                                 std::string(kind_words(target)) + ".");
        return;
    }
    if (std::find(targets.begin(), targets.end(), target.text) == targets.end()) {
        const auto is_target = [&](const YamlEntry& other) { return other.key == target.text; };
        if (std::any_of(section.entries.begin(), section.entries.end(), is_target)) {
            loading.problems.error(target.place, path + " stands for another alias, " + quoted_value(target.text) +
                                                     ": name what that one stands for.");
            return;
        }
        const std::vector<std::string_view> known(targets.begin(), targets.end());
        loading.problems.error(target.place, path + " must be `auto`, `tier:name` or a configured `provider/model`, not " +
                                                 quoted_value(target.text) + "." +
                                                 loading.problems.suggestion(target.text, known));
        return;
    }
    loading.snapshot.aliases.emplace(entry.key, target.text);
}

}  // namespace

void load_aliases(Loading& loading, const YamlNode& section) {
    const MapReader reader(section, "aliases", loading.problems);
    const std::vector<std::string> targets = targets_of(loading.snapshot);
    for (const YamlEntry& entry : reader.entries()) {
        load_alias(loading, section, entry, targets);
    }
}

}  // namespace tierway::config
