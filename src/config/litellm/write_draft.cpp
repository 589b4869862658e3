#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "config/litellm/translation.hpp"
#include "tierway/base/json_text.hpp"

namespace tierway::config::litellm {
namespace {

/// A text in double quotes, as YAML and JSON both have them.
std::string in_quotes(std::string_view text) {
    std::string written;
    append_json_string(written, text);
    return written;
}

std::string tier_name(std::string_view group, std::set<std::string>& taken) {
    std::string name;
    for (const char c : group.substr(0, 48)) {
        const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool is_alphanumeric = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9');
        name += is_alphanumeric || small == '.' || small == '_' ? small : '-';
    }
    if (name.empty() || name.front() == '-' || name.front() == '.' || name.front() == '_') {
        name.insert(0, "t");
    }
    std::string unique = name;
    for (int count = 2; !taken.insert(unique).second; ++count) {
        unique = name + "-" + std::to_string(count);
    }
    return unique;
}

/// USD per million tokens as pico-dollars per token; 0 of what is no number.
double pico_of(std::string_view price) noexcept {
    double usd = 0.0;
    std::from_chars(price.data(), price.data() + price.size(), usd);
    return usd * 1e6;
}

/// What orders tiers: the price of the first model; those of which none is known come last.
double price_of(const GroupDraft& group, const std::vector<ModelDraft>& models, const PriceCatalogue& catalogue) {
    const std::string& name = group.models.front();
    const auto model = std::find_if(models.begin(), models.end(), [&name](const ModelDraft& m) { return m.name == name; });
    if (model != models.end() && !model->input_price.empty()) {
        return pico_of(model->input_price) + pico_of(model->output_price);
    }
    const CatalogueEntry* entry = catalogue.find(name);
    return entry == nullptr ? std::numeric_limits<double>::infinity()
                            : static_cast<double>(entry->price.base.input + entry->price.base.output);
}

class DraftWriter {
public:
    DraftWriter(Draft draft, const PriceCatalogue& catalogue) : draft_(std::move(draft)) {
        std::stable_sort(draft_.groups.begin(), draft_.groups.end(), [&](const GroupDraft& a, const GroupDraft& b) {
            return price_of(a, draft_.models, catalogue) < price_of(b, draft_.models, catalogue);
        });
        std::set<std::string> taken;
        for (GroupDraft& group : draft_.groups) {
            group.tier = tier_name(group.name, taken);
        }
    }

    std::string write() {
        text_ = "# Translated from a configuration of the LiteLLM proxy. Try it with: tierway check -c FILE\nversion: 1\n";
        write_providers();
        write_models();
        write_tiers();
        write_classes();
        if (!draft_.attempts.empty()) {
            text_ += "\nretry: {attempts: " + draft_.attempts + "}\n";
        }
        write_aliases();
        if (draft_.budget) {
            text_ += "\nbudgets:\n  - {scope: total, usd: " + draft_.budget->usd + ", window: " + draft_.budget->window + "}\n";
        }
        return std::move(text_);
    }

private:
    static void add(std::string& members, std::string_view key, const std::string& value) {
        if (!value.empty()) {
            members.append(members.empty() ? "" : ", ").append(key).append(": ").append(value);
        }
    }

    void write_providers() {
        const bool all_implied = std::all_of(draft_.providers.begin(), draft_.providers.end(),
                                             [](const ProviderDraft& provider) { return provider.is_implied(); });
        if (all_implied) {
            return;
        }
        text_ += "\nproviders:\n";
        for (const ProviderDraft& provider : draft_.providers) {
            if (provider.is_implied()) {
                continue;
            }
            std::string members;
            add(members, "dialect", provider.dialect);
            add(members, "compatible_with", provider.compatible_with);
            add(members, "base_url", provider.base_url.empty() ? "" : in_quotes(provider.base_url));
            add(members, "api_key", provider.key_variable.empty() ? "" : in_quotes("${" + provider.key_variable + "}"));
            add(members, "api_version", provider.api_version.empty() ? "" : in_quotes(provider.api_version));
            text_.append("  ").append(provider.name).append(": {").append(members).append("}\n");
        }
    }

    void write_models() {
        std::string written;
        for (const ModelDraft& model : draft_.models) {
            if (model.is_bare()) {
                continue;
            }
            std::string members;
            if (!model.input_price.empty()) {
                add(members, "price", "{input: " + model.input_price + ", output: " + model.output_price + "}");
            }
            std::string limits;
            add(limits, "requests_per_minute", model.requests_per_minute);
            add(limits, "tokens_per_minute", model.tokens_per_minute);
            add(members, "limits", limits.empty() ? "" : "{" + limits + "}");
            add(members, "timeouts", model.total_timeout.empty() ? "" : "{total_whole: " + model.total_timeout + "}");
            written += "  " + in_quotes(model.name) + ": {" + members + "}\n";
        }
        text_ += written.empty() ? "" : "\nmodels:\n" + written;
    }

    const GroupDraft* group_named(std::string_view name) const {
        const auto found = std::find_if(draft_.groups.begin(), draft_.groups.end(),
                                        [name](const GroupDraft& group) { return group.name == name; });
        return found == draft_.groups.end() ? nullptr : &*found;
    }

    void write_tiers() {
        text_ += "\ntiers:  # Cheapest first, by the price of their first models; those without a known price are last.\n";
        for (const GroupDraft& group : draft_.groups) {
            std::vector<std::string> models = group.models;
            for (const std::string& fallback : group.fallbacks) {
                for (const std::string& model : group_named(fallback)->models) {
                    if (std::find(models.begin(), models.end(), model) == models.end()) {
                        models.push_back(model);
                    }
                }
            }
            std::string list;
            for (const std::string& model : models) {
                list.append(list.empty() ? "" : ", ").append(in_quotes(model));
            }
            text_ += "  " + group.tier + ": [" + list + "]\n";
        }
    }

    void write_class(const std::string& name, const GroupDraft& group) {
        std::string members = "tier: " + group.tier;
        if (&group != &draft_.groups.back()) {
            // Who asks for a dearer group by its name gets it, as before.
            add(members, "max_tier", draft_.groups.back().tier);
        }
        add(members, "timeouts", draft_.total_timeout.empty() ? "" : "{total_whole: " + draft_.total_timeout + "}");
        text_ += "  " + name + ": {" + members + "}\n";
    }

    void write_classes() {
        text_ += "\nclasses:\n";
        const GroupDraft* const named = group_named(draft_.default_group);
        const GroupDraft& usual = named == nullptr ? draft_.groups.front() : *named;
        std::string default_class;
        std::set<std::string> written;
        for (const auto& [name, group] : draft_.classes) {
            const GroupDraft* const found = group_named(group);
            if (found == nullptr || !written.insert(name).second) {
                continue;
            }
            default_class = default_class.empty() && found == &usual ? name : default_class;
            write_class(name, *found);
        }
        if (default_class.empty()) {
            default_class = "default";
            write_class(default_class, usual);
        }
        text_ += "\nclassifier: {default_class: " + default_class + "}\n";
    }

    void write_aliases() {
        std::string written;
        std::set<std::string> taken{"auto"};
        for (const ModelDraft& model : draft_.models) {
            taken.insert(model.name);
        }
        for (const GroupDraft& group : draft_.groups) {
            if (is_askable(group.name) && taken.insert(group.name).second) {
                written += "  " + in_quotes(group.name) + ": " + in_quotes("tier:" + group.tier) + "\n";
            }
        }
        for (const auto& [alias, target] : draft_.aliases) {
            const GroupDraft* const group = group_named(target);
            if (is_askable(alias) && taken.insert(alias).second) {
                written += "  " + in_quotes(alias) + ": " + in_quotes(group == nullptr ? "auto" : "tier:" + group->tier) + "\n";
            }
        }
        text_ += written.empty() ? "" : "\naliases:\n" + written;
    }

    Draft draft_;
    std::string text_;
};

}  // namespace

std::string write_draft(Draft draft, const PriceCatalogue& catalogue) {
    return DraftWriter(std::move(draft), catalogue).write();
}

}  // namespace tierway::config::litellm
