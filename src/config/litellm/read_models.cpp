#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "config/litellm/translation.hpp"
#include "tierway/config/known_providers.hpp"

namespace tierway::config::litellm {
namespace {

constexpr std::string_view kEnvironment = "os.environ/";
constexpr std::size_t kShownBytesMax = 120;
constexpr std::string_view kComplexityRouter = "auto_router/complexity_router";

struct Prefix {
    std::string_view theirs;
    std::string_view ours;
};
constexpr std::array kPrefixes{
    Prefix{"openai", "openai"},       Prefix{"azure", "azure"},           Prefix{"anthropic", "anthropic"},
    Prefix{"gemini", "google"},       Prefix{"bedrock", "bedrock"},       Prefix{"mistral", "mistral"},
    Prefix{"groq", "groq"},           Prefix{"deepseek", "deepseek"},     Prefix{"together_ai", "together"},
    Prefix{"xai", "xai"},             Prefix{"fireworks_ai", "fireworks"}, Prefix{"openrouter", "openrouter"},
    Prefix{"cohere", "cohere"},       Prefix{"cohere_chat", "cohere"},    Prefix{"cerebras", "cerebras"},
    Prefix{"ollama", "ollama"},       Prefix{"ollama_chat", "ollama"},    Prefix{"hosted_vllm", "vllm"},
};

/// Whose model it is and its name there; an empty provider: nobody's that is known.
std::pair<std::string, std::string> owner_of(std::string_view model) {
    const std::size_t slash = model.find('/');
    if (slash != std::string_view::npos) {
        for (const Prefix& prefix : kPrefixes) {
            if (model.substr(0, slash) == prefix.theirs) {
                std::string_view name = model.substr(slash + 1);
                if (prefix.ours == "bedrock" && name.starts_with("converse/")) {
                    name.remove_prefix(std::string_view("converse/").size());
                }
                return {std::string(prefix.ours), std::string(name)};
            }
        }
        return {};
    }
    const auto begins = [model](std::initializer_list<std::string_view> heads) {
        return std::any_of(heads.begin(), heads.end(), [model](std::string_view head) { return model.starts_with(head); });
    };
    if (begins({"gpt-", "o1", "o3", "o4", "chatgpt-"})) {
        return {"openai", std::string(model)};
    }
    return begins({"claude-"}) ? std::pair<std::string, std::string>("anthropic", model) : std::pair<std::string, std::string>();
}

/// USD per token, however it is written, as USD per million tokens with at most six decimals; empty when that would change it.
std::string per_million(std::string_view text) {
    double usd = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), usd);
    if (error != std::errc() || end != text.data() + text.size() || !(usd >= 0.0 && usd <= 0.1)) {
        return {};
    }
    std::array<char, 48> buffer{};
    const int size = std::snprintf(buffer.data(), buffer.size(), "%.6f", usd * 1e6);
    std::string written(buffer.data(), static_cast<std::size_t>(size));
    written.erase(written.find_last_not_of('0') + 1);
    if (written.ends_with('.')) {
        written.pop_back();
    }
    return written;
}

bool is_count(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 9 && text.front() != '0' &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// One entry of `model_list`.
class EntryReader {
public:
    EntryReader(const YamlNode& entry, std::string path, const PriceCatalogue& catalogue, Draft& draft, Notes& notes)
        : entry_(entry), path_(std::move(path)), catalogue_(catalogue), draft_(draft), notes_(notes) {}

    void read() {
        const YamlNode* group = value_of(entry_, "model_name");
        const YamlNode* params = value_of(entry_, "litellm_params");
        const YamlNode* model = params == nullptr ? nullptr : value_of(*params, "model");
        if (group == nullptr || group->text.empty() || model == nullptr || model->text.empty()) {
            notes_.unsupported(entry_.place, path_, "an entry needs `model_name` and `litellm_params.model`");
            return;
        }
        if (model->text == kComplexityRouter) {
            read_complexity_router(group->text, *params);
            return;
        }
        auto [owner, name] = owner_of(model->text);
        if (!can_be_served(*group, *model, owner, name)) {
            return;
        }
        provider_.name = owner;
        read_provider(*params);
        draft_model_.name = enter_provider() + "/" + name;
        read_numbers(*params);
        const YamlNode* info = value_of(entry_, "model_info");
        if (info != nullptr) {
            read_numbers(*info);
        }
        note_others(*params, "litellm_params.");
        enter_model(*group, *model);
    }

private:
    bool can_be_served(const YamlNode& group, const YamlNode& model, const std::string& owner, const std::string& name) {
        const YamlNode* info = value_of(entry_, "model_info");
        const YamlNode* mode = info == nullptr ? nullptr : value_of(*info, "mode");
        if (mode != nullptr && mode->text != "chat" && mode->text != "responses" && mode->text != "completion") {
            notes_.unsupported(mode->place, path_, "`mode: " + mode->text + "` is no chat, and only chat models stand on tiers");
        } else if (group.text.find('*') != std::string::npos || name.find('*') != std::string::npos) {
            notes_.unsupported(group.place, path_,
                               "names with `*` stand for models that nobody has priced: list those that are used");
        } else if (owner.empty() || name.empty()) {
            notes_.unsupported(model.place, path_ + ".litellm_params.model",
                               "`" + model.text.substr(0, kShownBytesMax) + "` is of no known provider");
        } else {
            return true;
        }
        return false;
    }

    std::string variable_of(const YamlNode& node, const std::string& item) {
        if (node.text.starts_with(kEnvironment)) {
            return node.text.substr(kEnvironment.size());
        }
        std::string variable = provider_.name + "_API_KEY";
        std::transform(variable.begin(), variable.end(), variable.begin(), [](char c) {
            const char usable = c == '.' || c == '-' ? '_' : c;
            return usable >= 'a' && usable <= 'z' ? static_cast<char>(usable - 'a' + 'A') : usable;
        });
        notes_.approximate(node.place, item,
                           "keys are never in the file itself: put it into the environment variable `" + variable + "`");
        return variable;
    }

    void read_provider(const YamlNode& params) {
        const KnownProvider* known = find_known_provider(provider_.name);
        if (const YamlNode* base = value_of(params, "api_base"); base != nullptr && !base->text.empty()) {
            const bool is_variable = base->text.starts_with(kEnvironment);
            provider_.base_url = is_variable ? "${" + base->text.substr(kEnvironment.size()) + "}" : base->text;
        }
        if (const YamlNode* key = value_of(params, "api_key"); key != nullptr && !key->text.empty()) {
            const std::string variable = variable_of(*key, path_ + ".litellm_params.api_key");
            const bool usual = known != nullptr && provider_.base_url.empty() && !known->key_variables.empty() &&
                               variable == known->key_variables.front();
            provider_.key_variable = usual ? "" : variable;
        }
        if (provider_.name == "azure") {
            provider_.dialect = "azure";
            if (const YamlNode* version = value_of(params, "api_version"); version != nullptr) {
                provider_.api_version = version->text;
            }
        } else if (provider_.name == "openai" && !provider_.base_url.empty()) {
            // Somebody's own server, which is not OpenAI.
            provider_.name = "compatible";
            provider_.dialect = "openai";
        }
    }

    /// The name under which a provider with the same settings is there, or is entered.
    std::string enter_provider() {
        const std::string vendor = provider_.name;
        const KnownProvider* known = find_known_provider(vendor);
        for (int count = 1;; ++count) {
            provider_.name = count == 1 ? vendor : vendor + "-" + std::to_string(count);
            if (count == 2 && known != nullptr) {
                // Under another name nothing follows from it any more.
                const bool is_chat = known->dialect == Dialect::OpenAi;
                (is_chat ? provider_.compatible_with : provider_.dialect) = is_chat ? vendor : std::string(name_of(known->dialect));
            }
            const auto found = std::find_if(draft_.providers.begin(), draft_.providers.end(),
                                            [&](const ProviderDraft& other) { return other.name == provider_.name; });
            if (found == draft_.providers.end()) {
                draft_.providers.push_back(provider_);
                return provider_.name;
            }
            if (found->base_url == provider_.base_url && found->key_variable == provider_.key_variable &&
                found->api_version == provider_.api_version) {
                return provider_.name;
            }
        }
    }

    void read_count(const YamlNode& mapping, std::string_view key, std::string& target) {
        const YamlNode* node = value_of(mapping, key);
        if (node != nullptr && is_count(node->text)) {
            target = node->text;
            notes_.exact(node->place, path_ + "." + std::string(key));
        }
    }

    void read_numbers(const YamlNode& mapping) {
        read_count(mapping, "rpm", draft_model_.requests_per_minute);
        read_count(mapping, "tpm", draft_model_.tokens_per_minute);
        if (const YamlNode* timeout = value_of(mapping, "timeout"); timeout != nullptr && is_count(timeout->text)) {
            draft_model_.total_timeout = timeout->text + "s";
            notes_.approximate(timeout->place, path_ + ".timeout", "it bounds whole answers; streams keep their own limits");
        }
        const YamlNode* input = value_of(mapping, "input_cost_per_token");
        const YamlNode* output = value_of(mapping, "output_cost_per_token");
        if (input != nullptr && output != nullptr) {
            draft_model_.input_price = per_million(input->text);
            draft_model_.output_price = per_million(output->text);
            if (draft_model_.input_price.empty() || draft_model_.output_price.empty()) {
                draft_model_.input_price.clear();
                notes_.unsupported(input->place, path_ + ".input_cost_per_token", "is no price in USD");
            } else {
                notes_.exact(input->place, path_ + ".input_cost_per_token");
            }
        }
    }

    void note_others(const YamlNode& params, const std::string& prefix) {
        constexpr std::array<std::string_view, 9> kRead{
            "model", "api_base", "api_key", "api_version", "rpm", "tpm", "timeout", "input_cost_per_token", "output_cost_per_token"};
        for (const YamlEntry& entry : params.entries) {
            if (std::find(kRead.begin(), kRead.end(), entry.key) == kRead.end()) {
                notes_.unsupported(entry.key_place, path_ + "." + prefix + entry.key,
                                   "there is nothing like it for a single model");
            }
        }
    }

    void enter_model(const YamlNode& group, const YamlNode& model) {
        const std::string name = draft_model_.name;
        const bool priced = !draft_model_.input_price.empty() || catalogue_.find(name) != nullptr;
        const std::string item = path_ + " (" + group.text + ")";
        if (!priced) {
            notes_.approximate(model.place, item, "`" + name + "` is in no price list: write its `price` under `models`");
        }
        const bool entered =
            std::any_of(draft_.models.begin(), draft_.models.end(), [&](const ModelDraft& m) { return m.name == name; });
        if (!entered) {
            draft_.models.push_back(draft_model_);
        }
        auto found =
            std::find_if(draft_.groups.begin(), draft_.groups.end(), [&](const GroupDraft& g) { return g.name == group.text; });
        if (found == draft_.groups.end()) {
            found = draft_.groups.insert(found, GroupDraft{group.text, {}, {}, {}});
            if (!is_askable(group.text)) {
                notes_.approximate(group.place, item,
                                   "nothing can be called so here: ask for its tier by `tier:` and the tier's name");
                found->models.push_back(name);
                return;
            }
        } else if (priced) {
            notes_.approximate(group.place, item,
                               "load is not spread over the models of a group: they stand in for each other in their order");
        }
        if (priced && found->models.empty()) {
            notes_.exact(group.place, item);
        }
        if (std::find(found->models.begin(), found->models.end(), name) == found->models.end()) {
            found->models.push_back(name);
        }
    }

    void read_complexity_router(const std::string& group, const YamlNode& params) {
        const YamlNode* settings = value_of(params, "complexity_router_config");
        const YamlNode* tiers = settings == nullptr ? nullptr : value_of(*settings, "tiers");
        if (tiers == nullptr || tiers->entries.empty()) {
            notes_.unsupported(entry_.place, path_, "a complexity router without `tiers`");
            return;
        }
        for (const YamlEntry& tier : tiers->entries) {
            std::string name = tier.key;
            std::transform(name.begin(), name.end(), name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
            if (is_name(name) && tier.value.kind == YamlNode::Kind::Scalar) {
                draft_.classes.emplace_back(name, tier.value.text);
            }
        }
        if (const YamlNode* fallback = value_of(params, "complexity_router_default_model"); fallback != nullptr) {
            draft_.default_group = fallback->text;
        }
        draft_.aliases.emplace_back(group, "auto");
        notes_.approximate(entry_.place, path_ + " (" + group + ")",
                           "its tiers become classes, but not its way of scoring: write rules under `classifier`, or train one");
    }

    const YamlNode& entry_;
    std::string path_;
    const PriceCatalogue& catalogue_;
    Draft& draft_;
    Notes& notes_;
    ProviderDraft provider_;
    ModelDraft draft_model_;
};

}  // namespace

void read_models(const YamlNode& list, const PriceCatalogue& catalogue, Draft& draft, Notes& notes) {
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        EntryReader(list.items[i], "model_list[" + std::to_string(i) + "]", catalogue, draft, notes).read();
    }
}

}  // namespace tierway::config::litellm
