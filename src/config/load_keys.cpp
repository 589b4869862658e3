#include <algorithm>
#include <string>

#include "config/loading.hpp"
#include "tierway/base/glob.hpp"

namespace tierway::config {
namespace {

/// A key and the one that replaces it.
constexpr std::size_t kDigestsMax = 2;
/// As `tierway keys new` begins them.
constexpr std::string_view kKeyPrefix = "tw-";
constexpr std::int64_t kEscalationsMax = 1'000'000;

// Messages here never repeat what stands in the file for an id or a digest: it may be the key itself, put in the wrong place.

void read_id(Loading& loading, MapReader& reader, std::string& id) {
    if (reader.require("id", "the name that records and reports show for the key") == nullptr || !reader.read_text("id", id)) {
        return;
    }
    const Place place = reader.take("id")->place;
    if (const auto name = parse_name(id); !name.value) {
        reader.fail("id", place, name.problem);
        return;
    }
    const auto& others = loading.snapshot.keys;
    const auto same = std::find_if(others.begin(), others.end(), [&](const AccessKey& key) { return key.principal.id == id; });
    if (same != others.end()) {
        reader.fail("id", place,
                    "is also that of `keys[" + std::to_string(same - others.begin() + 1) +
                        "]`: give it another, or, to replace a key, list both digests in one entry (`sha256: [old, new]`)");
    }
}

void read_digest(Loading& loading, MapReader& reader, const YamlNode& node, AccessKey& key) {
    const auto digest = node.kind == YamlNode::Kind::Scalar ? sha256_from_hex(node.text) : std::nullopt;
    if (!digest) {
        reader.fail("sha256", node.place,
                    node.text.starts_with(kKeyPrefix)
                        ? "is the key itself: write its SHA-256, and replace the key, which others may have read here"
                        : "must be the 64 hexadecimal digits that `tierway keys new` prints, or a list of two such");
        return;
    }
    const auto has_it = [&](const AccessKey& other) {
        return std::find(other.digests.begin(), other.digests.end(), *digest) != other.digests.end();
    };
    if (has_it(key) || std::any_of(loading.snapshot.keys.begin(), loading.snapshot.keys.end(), has_it)) {
        reader.fail("sha256", node.place, "is written twice in `keys`: a key has one entry");
        return;
    }
    key.digests.push_back(*digest);
}

void read_digests(Loading& loading, MapReader& reader, AccessKey& key) {
    const YamlNode* node = reader.require("sha256", "what `tierway keys new` prints");
    if (node == nullptr) {
        return;
    }
    if (node->kind != YamlNode::Kind::List) {
        read_digest(loading, reader, *node, key);
        return;
    }
    if (node->items.empty() || node->items.size() > kDigestsMax) {
        reader.fail("sha256", node->place, "must list one digest, or two while the key is being replaced");
        return;
    }
    for (const YamlNode& item : node->items) {
        read_digest(loading, reader, item, key);
    }
}

void read_team(MapReader& reader, std::string& team) {
    if (!reader.read_text("team", team)) {
        return;
    }
    if (const auto name = parse_name(team); !name.value) {
        reader.fail("team", reader.take("team")->place, name.problem);
    }
}

void read_declarable_classes(Loading& loading, MapReader& reader, Principal& principal) {
    const YamlNode* list = reader.take_list("classes");
    if (list == nullptr) {
        return;
    }
    principal.classes.emplace();
    for (const YamlNode& item : list->items) {
        const auto found = item.kind == YamlNode::Kind::Scalar ? loading.snapshot.find_class(item.text) : std::nullopt;
        if (found) {
            principal.classes->push_back(*found);
        } else if (!loading.snapshot.classes.empty()) {
            loading.problems.error(item.place, quoted_value(reader.path_of("classes")) + " names the class " +
                                                   quoted_value(item.text) + ", which `classes` does not have." +
                                                   loading.problems.suggestion(item.text, names_of(loading.snapshot.classes)));
        }
    }
}

// Which models a list of names and globs means.
std::vector<bool> matching_models(Loading& loading, MapReader& reader, std::string_view key, const YamlNode& list) {
    const std::vector<Model>& models = loading.snapshot.models;
    std::vector<bool> matching(models.size(), false);
    for (const YamlNode& item : list.items) {
        bool any = false;
        for (std::size_t i = 0; i < models.size(); ++i) {
            const bool matches = item.kind == YamlNode::Kind::Scalar && glob_matches(item.text, models[i].name);
            matching[i] = matching[i] || matches;
            any = any || matches;
        }
        if (any || models.empty()) {
            continue;
        }
        const std::string path = quoted_value(reader.path_of(key));
        if (item.text.find('*') != std::string::npos) {
            loading.problems.warn(item.place, path + " matches no model with " + quoted_value(item.text) + ".");
        } else {
            loading.problems.error(item.place, path + " names the model " + quoted_value(item.text) +
                                                   ", which is not configured." +
                                                   loading.problems.suggestion(item.text, names_of(models)));
        }
    }
    return matching;
}

void read_models(Loading& loading, MapReader& parent, Principal& principal) {
    const YamlNode* node = parent.take("models");
    if (node == nullptr) {
        return;
    }
    MapReader reader(*node, parent.path_of("models"), loading.problems);
    const std::size_t count = loading.snapshot.models.size();
    std::vector<bool> usable(count, true);
    if (const YamlNode* list = reader.take_list("allow"); list != nullptr) {
        usable = matching_models(loading, reader, "allow", *list);
    }
    if (const YamlNode* list = reader.take_list("deny"); list != nullptr) {
        const std::vector<bool> denied = matching_models(loading, reader, "deny", *list);
        for (std::size_t i = 0; i < count; ++i) {
            usable[i] = usable[i] && !denied[i];
        }
    }
    reader.finish();
    principal.models = std::move(usable);
}

void read_escalation_quotas(Loading& loading, MapReader& parent, EscalationQuotas& quotas) {
    const YamlNode* node = parent.take("escalations");
    if (node == nullptr) {
        return;
    }
    MapReader reader(*node, parent.path_of("escalations"), loading.problems);
    quotas.above = read_tier(loading, reader, "above");
    unsigned per_hour = 0;
    if (reader.read_integer("per_hour", per_hour, 0, kEscalationsMax)) {
        quotas.per_hour = per_hour;
    }
    double share = 0.0;
    if (reader.read_fraction("share_max", share)) {
        quotas.share_max = share;
    }
    Usd usd;
    if (reader.read_usd("usd_per_hour", usd)) {
        quotas.usd_per_hour = usd;
    }
    reader.finish();
    if (reader.is_mapping() && !quotas.any() && reader.entries().size() == (quotas.above ? 1U : 0U)) {
        reader.fail_here("limits nothing: write `per_hour`, `share_max` or `usd_per_hour`, or remove it");
    }
}

bool can_reach_a_model(const Snapshot& snapshot, const Principal& principal) {
    for (std::size_t i = 0; i < snapshot.models.size(); ++i) {
        const ModelId id{static_cast<std::uint16_t>(i)};
        const auto tier = snapshot.lowest_tier_of(id);
        const bool inside = snapshot.provider(snapshot.model(id).provider).boundary == Boundary::Inside;
        if (tier && *tier <= principal.max_tier.value_or(*tier) && principal.may_use(id) && (inside || !principal.stay_inside)) {
            return true;
        }
    }
    return false;
}

void load_key(Loading& loading, const YamlNode& node, const std::string& path) {
    MapReader reader(node, path, loading.problems);
    AccessKey key;
    Principal& principal = key.principal;
    principal.id.clear();
    principal.key = KeyId(loading.snapshot.keys.size());
    read_id(loading, reader, principal.id);
    read_digests(loading, reader, key);
    read_team(reader, principal.team);
    principal.max_tier = read_tier(loading, reader, "max_tier");
    read_declarable_classes(loading, reader, principal);
    read_models(loading, reader, principal);
    reader.read_choice("stay", principal.stay_inside, {{"inside", true}});
    WallTime expires;
    if (reader.read_moment("expires", expires)) {
        key.expires = expires;
    }
    read_escalation_quotas(loading, reader, principal.escalations);
    principal.limits = loading.snapshot.key_limits;
    read_rate_limits(loading, reader, principal.limits);
    read_pass_through_of_key(loading, reader, principal);
    reader.finish();
    if (!loading.problems.any() && !can_reach_a_model(loading.snapshot, principal)) {
        reader.fail_here("leaves the key no model: `max_tier`, `models` and `stay` together rule every one out");
    }
    loading.snapshot.keys.push_back(std::move(key));
}

}  // namespace

void load_keys(Loading& loading, const YamlNode& section) {
    if (section.kind != YamlNode::Kind::List) {
        loading.problems.error(section.place,
                               "`keys` must be a list (`- {id: …, sha256: …}`), not " + std::string(kind_words(section)) + ".");
        return;
    }
    if (section.items.empty()) {
        loading.problems.error(section.place, "`keys` needs at least one key; `tierway keys new` makes one.");
    }
    for (std::size_t i = 0; i < section.items.size(); ++i) {
        load_key(loading, section.items[i], "keys[" + std::to_string(i + 1) + "]");
    }
}

}  // namespace tierway::config
