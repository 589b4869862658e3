#include <algorithm>
#include <string>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

constexpr std::size_t kBufferBytesMin = std::size_t{1} << 10U;
constexpr std::size_t kBufferBytesMax = std::size_t{16} << 20U;

// What a class says, before it is checked as a whole.
struct RawClass {
    std::optional<TierId> tier;
    std::optional<TierId> escalate_to;
    std::optional<TierId> max_tier;
    OpinionNodes opinions;
};

bool has_inside_model(const Snapshot& snapshot, TierId tier) {
    const auto& models = snapshot.tier(tier).models;
    // A tier without models is already a problem of its own.
    return models.empty() || std::any_of(models.begin(), models.end(), [&](ModelId id) {
               return !snapshot.providers.empty() && snapshot.provider(snapshot.model(id).provider).boundary == Boundary::Inside;
           });
}

void read_explore(MapReader& reader, const std::optional<GainRule>& gain, double& explore) {
    if (!reader.read_fraction("explore", explore)) {
        return;
    }
    const Place place = reader.take("explore")->place;
    if (explore <= 0.0) {
        reader.fail("explore", place, "must be above 0: without any draft nobody would notice that drafts are worth it again");
    } else if (gain && gain->time == GainTime::Ask) {
        reader.fail("explore", place, "is about drafts, and with `decide: ask` none is asked for");
    }
}

void read_escalation(Loading& loading, MapReader& parent, RequestClass& request_class, RawClass& raw) {
    const YamlNode* node = parent.take("escalate");
    if (node == nullptr) {
        return;
    }
    MapReader reader(*node, parent.path_of("escalate"), loading.problems);
    double below = 0.0;
    if (reader.require("to", "the tier to escalate to") != nullptr) {
        raw.escalate_to = read_tier(loading, reader, "to");
    }
    std::optional<GainRule> gain;
    read_gain_rule(loading, reader, gain);
    if (gain) {
        if (const YamlNode* both = reader.take("below"); both != nullptr) {
            reader.fail("below", both->place, "must not stand beside `gain`: one of them decides");
        }
    } else if (reader.require("below", "the confidence from 0 to 1 below which to escalate, or `gain`") != nullptr) {
        reader.read_fraction("below", below);
    }
    raw.opinions = {reader.take("agreement"), reader.take("verifier")};
    double explore = Escalation{}.explore;
    read_explore(reader, gain, explore);
    reader.finish();
    if (!raw.escalate_to) {
        return;
    }
    if (raw.tier && *raw.escalate_to <= *raw.tier) {
        reader.fail("to", reader.take("to")->place,
                    "must be a tier above " + quoted_value(loading.snapshot.tier(*raw.tier).name) + ", the class's own");
        raw.escalate_to.reset();
        return;
    }
    Escalation& escalation = request_class.escalation.emplace();
    escalation.to = *raw.escalate_to;
    escalation.below = below;
    escalation.gain = gain;
    escalation.explore = explore;
}

void read_max_tier(Loading& loading, MapReader& reader, RequestClass& request_class, RawClass& raw) {
    request_class.max_tier = raw.escalate_to.value_or(request_class.tier);
    const YamlNode* node = reader.take("max_tier");
    if (node == nullptr) {
        return;
    }
    raw.max_tier = read_tier(loading, reader, "max_tier");
    if (!raw.max_tier) {
        return;
    }
    if (raw.tier && *raw.max_tier < *raw.tier) {
        reader.fail("max_tier", node->place,
                    "must not be below " + quoted_value(loading.snapshot.tier(*raw.tier).name) + ", the class's own tier");
    } else if (raw.escalate_to && *raw.max_tier < *raw.escalate_to) {
        reader.fail(
            "max_tier", node->place,
            "must not be below " + quoted_value(loading.snapshot.tier(*raw.escalate_to).name) + ", where the class escalates to");
    }
    request_class.max_tier = *raw.max_tier;
}

void read_stay(Loading& loading, MapReader& reader, RequestClass& request_class, const RawClass& raw) {
    if (!reader.read_choice("stay", request_class.stay_inside, {{"inside", true}})) {
        return;
    }
    const Snapshot& snapshot = loading.snapshot;
    const Place place = reader.take("stay")->place;
    if (raw.tier && !has_inside_model(snapshot, *raw.tier)) {
        reader.fail("stay", place,
                    "needs a model inside the boundary on the tier " + quoted_value(snapshot.tier(*raw.tier).name) +
                        ": it has none, so no request of this class could be answered");
    }
    if (raw.escalate_to && !has_inside_model(snapshot, *raw.escalate_to)) {
        loading.problems.warn(place, quoted_value(reader.path_of("escalate.to")) + " can never happen: the tier " +
                                         quoted_value(snapshot.tier(*raw.escalate_to).name) +
                                         " has no model inside the boundary, and the class must stay inside.");
    }
}

// Escalating classes hold the whole answer; the other way to hold is of a later build.
void read_hold(MapReader& reader) {
    const YamlNode* node = reader.take_scalar("hold");
    if (node == nullptr) {
        return;
    }
    if (node->text == "prefix") {
        reader.fail("hold", node->place, "`prefix` is not in this build yet: only `answer` is");
        return;
    }
    bool holds_answer = false;
    reader.read_choice("hold", holds_answer, {{"answer", true}});
}

bool has_prefill_model(const Snapshot& snapshot, TierId tier) {
    const auto& models = snapshot.tier(tier).models;
    return models.empty() ||
           std::any_of(models.begin(), models.end(), [&](ModelId id) { return snapshot.model(id).capabilities.prefill; });
}

void read_recovery(Loading& loading, MapReader& reader, RequestClass& request_class, const RawClass& raw) {
    reader.read_choice("recovery", request_class.recovery,
                       {{"fail", Recovery::Fail}, {"buffered", Recovery::Buffered}, {"continue", Recovery::Continue}});
    reader.read_size("buffer_max", request_class.buffer_bytes_max, kBufferBytesMin, kBufferBytesMax);
    if (request_class.recovery == Recovery::Continue && raw.tier && !has_prefill_model(loading.snapshot, *raw.tier)) {
        loading.problems.warn(reader.take("recovery")->place,
                              quoted_value(reader.path_of("recovery")) + " can never continue an answer: no model of the tier " +
                                  quoted_value(loading.snapshot.tier(*raw.tier).name) + " lists `prefill` under `supports`.");
    }
}

void read_when_tier_is_down(Loading& loading, MapReader& reader, RequestClass& request_class, const RawClass& raw) {
    reader.read_choice("when_tier_is_down", request_class.when_tier_is_down,
                       {{"fail", WhenTierIsDown::Fail}, {"climb", WhenTierIsDown::Climb}});
    if (request_class.when_tier_is_down == WhenTierIsDown::Climb && raw.tier && request_class.max_tier <= *raw.tier) {
        loading.problems.warn(reader.take("when_tier_is_down")->place, quoted_value(reader.path_of("when_tier_is_down")) +
                                                                           " can never climb: nothing of this class goes above " +
                                                                           quoted_value(loading.snapshot.tier(*raw.tier).name) +
                                                                           " without a `max_tier` above it.");
    }
}

void read_class_timeouts(Loading& loading, MapReader& reader, RequestClass& request_class,
                         std::vector<TimeoutOverrides>& different) {
    read_timeouts(loading, reader, request_class.timeouts);
    if (std::find(different.begin(), different.end(), request_class.timeouts) != different.end()) {
        return;
    }
    if (different.size() < TimeoutTable::kRowsMax) {
        different.push_back(request_class.timeouts);
        return;
    }
    reader.fail("timeouts", reader.take("timeouts")->place,
                "is one set of limits too many: all classes together may state at most " +
                    std::to_string(TimeoutTable::kRowsMax - 1) + " different ones");
}

// `different` collects the sets of timeouts that the classes state.
void load_class(Loading& loading, const YamlEntry& entry, std::vector<TimeoutOverrides>& different) {
    RequestClass request_class;
    request_class.name = entry.key;
    if (const auto name = parse_name(entry.key); !name.value) {
        loading.problems.error(entry.key_place, "The class name " + quoted_value(entry.key) + " " + name.problem + ".");
    }
    MapReader reader(entry.value, "classes." + entry.key, loading.problems);
    RawClass raw;
    if (reader.require("tier", "the tier that answers this class") != nullptr) {
        raw.tier = read_tier(loading, reader, "tier");
    }
    request_class.tier = raw.tier.value_or(TierId{});
    read_escalation(loading, reader, request_class, raw);
    read_max_tier(loading, reader, request_class, raw);
    reader.read_choice("on_denied", request_class.on_denied, {{"serve", OnDenied::Serve}, {"reject", OnDenied::Reject}});
    read_stay(loading, reader, request_class, raw);
    read_opinions(loading, raw.opinions, request_class);
    read_hold(reader);
    read_recovery(loading, reader, request_class, raw);
    read_when_tier_is_down(loading, reader, request_class, raw);
    read_class_timeouts(loading, reader, request_class, different);
    read_usd_per_request(loading, reader, request_class.usd_per_request);
    read_caps(loading, reader, request_class.caps);
    if (double bar = 0.0; reader.read_fraction("quality_bar", bar)) {
        request_class.quality_bar = bar;
    }
    for (const std::string_view key : {"agreement", "verifier"}) {
        if (const YamlNode* node = reader.take(key); node != nullptr) {
            reader.fail(key, node->place, "belongs under `escalate`: only a class that escalates has its answers judged");
        }
    }
    reader.finish();
    loading.snapshot.classes.push_back(std::move(request_class));
}

}  // namespace

std::optional<TierId> read_tier(Loading& loading, MapReader& reader, std::string_view key) {
    const YamlNode* node = reader.take_scalar(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    const auto tier = loading.snapshot.find_tier(node->text);
    if (!tier && !loading.snapshot.tiers.empty()) {
        loading.problems.error(node->place, quoted_value(reader.path_of(key)) + " names the tier " + quoted_value(node->text) +
                                                ", which `tiers` does not have." +
                                                loading.problems.suggestion(node->text, names_of(loading.snapshot.tiers)));
    }
    return tier;
}

std::optional<ClassId> read_class(Loading& loading, MapReader& reader, std::string_view key) {
    const YamlNode* node = reader.take_scalar(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    const auto request_class = loading.snapshot.find_class(node->text);
    if (!request_class && !loading.snapshot.classes.empty()) {
        loading.problems.error(node->place, quoted_value(reader.path_of(key)) + " names the class " + quoted_value(node->text) +
                                                ", which `classes` does not have." +
                                                loading.problems.suggestion(node->text, names_of(loading.snapshot.classes)));
    }
    return request_class;
}

void load_classes(Loading& loading, const YamlNode& section) {
    const MapReader reader(section, "classes", loading.problems);
    std::vector<TimeoutOverrides> different{TimeoutOverrides{}};
    for (const YamlEntry& entry : reader.entries()) {
        load_class(loading, entry, different);
    }
    if (reader.is_mapping() && reader.entries().empty()) {
        loading.problems.error(section.place, "`classes` needs at least one class.");
    }
}

}  // namespace tierway::config
