#include <algorithm>
#include <array>
#include <charconv>

#include "config/litellm/translation.hpp"
#include "tierway/base/usd.hpp"

namespace tierway::config::litellm {
namespace {

/// What is said of settings that have no counterpart, or need none.
struct Remark {
    std::string_view key;
    ImportQuality quality;
    std::string_view reason;
};
constexpr std::array kRemarks{
    Remark{"drop_params", ImportQuality::Exact, ""},  // It is always so.
    Remark{"master_key", ImportQuality::Unsupported, "make keys with `tierway keys new` and list them under `keys`"},
    Remark{"database_url", ImportQuality::Unsupported, "spending is kept under `store`, in a file or in Redis"},
    Remark{"store_model_in_db", ImportQuality::Unsupported, "models are only ever configured in the file"},
    Remark{"routing_strategy", ImportQuality::Unsupported, "the models of a tier stand in for each other in their order"},
    Remark{"cache", ImportQuality::Unsupported, "answers are not cached"},
    Remark{"callbacks", ImportQuality::Unsupported, "read the decision records (`log.decisions`) or the metrics instead"},
    Remark{"success_callback", ImportQuality::Unsupported, "read the decision records (`log.decisions`) or the metrics instead"},
    Remark{"failure_callback", ImportQuality::Unsupported, "read the decision records (`log.decisions`) or the metrics instead"},
    Remark{"redis_host", ImportQuality::Unsupported, "replicas share their budgets by `store.redis`"},
    Remark{"cooldown_time", ImportQuality::Unsupported, "a failing model rests as `breaker` says"},
    Remark{"allowed_fails", ImportQuality::Unsupported, "a failing model rests as `breaker` says"},
    Remark{"content_policy_fallbacks", ImportQuality::Unsupported, "a refusal is an answer: it is served as such"},
};

std::optional<int> small_number(std::string_view text) noexcept {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && value >= 0 && value <= 86'400 ? std::optional(value) : std::nullopt;
}

std::string window_of(std::string_view duration) {
    if (duration == "1h") {
        return "hour";
    }
    if (duration == "1d" || duration == "24h") {
        return "day";
    }
    return duration == "30d" || duration == "1mo" ? "month" : "";
}

GroupDraft* group_named(Draft& draft, std::string_view name) noexcept {
    const auto found =
        std::find_if(draft.groups.begin(), draft.groups.end(), [name](const GroupDraft& group) { return group.name == name; });
    return found == draft.groups.end() ? nullptr : &*found;
}

std::string no_group(std::string_view name) {
    return "`" + std::string(name.substr(0, 120)) + "` is no group that could be taken over";
}

class SettingsReader {
public:
    SettingsReader(const YamlNode& section, std::string name, Draft& draft, Notes& notes)
        : section_(section), name_(std::move(name)), draft_(draft), notes_(notes) {}

    void read() {
        if (section_.entries.empty()) {
            notes_.unsupported(section_.place, name_, "there is nothing like it");
        }
        for (const YamlEntry& entry : section_.entries) {
            const std::string item = name_ + "." + entry.key;
            if (entry.key == "fallbacks" || entry.key == "context_window_fallbacks") {
                read_fallbacks(entry.value, item);
            } else if (entry.key == "default_fallbacks") {
                read_default_fallbacks(entry.value, item);
            } else if (entry.key == "model_group_alias") {
                read_aliases(entry.value, item);
            } else if (entry.key == "num_retries") {
                read_retries(entry.value, item);
            } else if (entry.key == "request_timeout" || entry.key == "timeout") {
                read_timeout(entry.value, item);
            } else if (entry.key == "max_budget") {
                read_budget(entry.value, item);
            } else if (entry.key != "budget_duration") {
                remark(entry, item);
            }
        }
    }

private:
    void add_fallbacks(GroupDraft& group, const YamlNode& targets, const std::string& item) {
        for (const YamlNode& target : targets.items) {
            if (group_named(draft_, target.text) == nullptr) {
                notes_.unsupported(target.place, item, no_group(target.text));
            } else if (target.text != group.name) {
                group.fallbacks.push_back(target.text);
            }
        }
    }

    void read_fallbacks(const YamlNode& list, const std::string& item) {
        for (const YamlNode& pair : list.items) {
            for (const YamlEntry& entry : pair.entries) {
                GroupDraft* const group = group_named(draft_, entry.key);
                if (group == nullptr) {
                    notes_.unsupported(entry.key_place, item, no_group(entry.key));
                    continue;
                }
                add_fallbacks(*group, entry.value, item);
                notes_.approximate(entry.key_place, item + "." + entry.key,
                                   "its models stand at the end of the tier, and `retry.attempts` counts for all of them together");
            }
        }
    }

    void read_default_fallbacks(const YamlNode& targets, const std::string& item) {
        for (GroupDraft& group : draft_.groups) {
            add_fallbacks(group, targets, item);
        }
        notes_.approximate(targets.place, item, "its models stand at the end of every tier");
    }

    void read_aliases(const YamlNode& mapping, const std::string& item) {
        for (const YamlEntry& entry : mapping.entries) {
            const YamlNode* model = value_of(entry.value, "model");
            const std::string& target = model == nullptr ? entry.value.text : model->text;
            if (group_named(draft_, target) == nullptr) {
                notes_.unsupported(entry.key_place, item + "." + entry.key, "names no group that could be taken over");
                continue;
            }
            draft_.aliases.emplace_back(entry.key, target);
            notes_.exact(entry.key_place, item + "." + entry.key);
        }
    }

    void read_retries(const YamlNode& value, const std::string& item) {
        const auto retries = small_number(value.text);
        if (!retries) {
            notes_.unsupported(value.place, item, "is no number");
            return;
        }
        draft_.attempts = std::to_string(std::min(*retries + 1, 10));
        notes_.approximate(value.place, item, "`retry.attempts` counts every attempt of a request over all its models");
    }

    void read_timeout(const YamlNode& value, const std::string& item) {
        const auto seconds = small_number(value.text);
        if (!seconds || *seconds == 0) {
            notes_.unsupported(value.place, item, "is no number of whole seconds up to a day");
            return;
        }
        draft_.total_timeout = std::to_string(*seconds) + "s";
        notes_.approximate(value.place, item, "it bounds whole answers; streams keep their own limits");
    }

    void read_budget(const YamlNode& value, const std::string& item) {
        const YamlNode* duration = value_of(section_, "budget_duration");
        const std::string window = duration == nullptr ? "" : window_of(duration->text);
        const auto amount = Usd::parse(value.text);
        if (window.empty() || !amount || *amount <= Usd()) {
            notes_.unsupported(value.place, item, "a budget needs an amount and a `budget_duration` of `1h`, `1d` or `30d`");
            return;
        }
        draft_.budget = {value.text, window};
        notes_.approximate(value.place, item, "its window is the calendar's " + window + ", in UTC");
    }

    void remark(const YamlEntry& entry, const std::string& item) {
        const auto* const known =
            std::find_if(kRemarks.begin(), kRemarks.end(), [&](const Remark& remark) { return remark.key == entry.key; });
        if (known == kRemarks.end()) {
            notes_.unsupported(entry.key_place, item, "there is nothing like it");
        } else if (known->quality == ImportQuality::Exact) {
            notes_.exact(entry.key_place, item);
        } else {
            notes_.unsupported(entry.key_place, item, std::string(known->reason));
        }
    }

    const YamlNode& section_;
    std::string name_;
    Draft& draft_;
    Notes& notes_;
};

}  // namespace

void read_settings(const YamlNode& section, const std::string& name, Draft& draft, Notes& notes) {
    SettingsReader(section, name, draft, notes).read();
}

}  // namespace tierway::config::litellm
