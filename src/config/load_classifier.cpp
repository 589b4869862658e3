#include <algorithm>
#include <filesystem>
#include <string>

#include "config/loading.hpp"
#include "tierway/config/classifier_model.hpp"

namespace tierway::config {
namespace {

constexpr std::int64_t kTokensMax = 100'000'000;
constexpr std::int64_t kTurnsMax = 1'000'000;
constexpr std::size_t kGlobBytesMax = 256;

void read_optional_bool(MapReader& reader, std::string_view key, std::optional<bool>& target) {
    bool value = false;
    if (reader.read_bool(key, value)) {
        target = value;
    }
}

void read_range(MapReader& reader, const std::string& name, std::optional<std::int64_t>& min, std::optional<std::int64_t>& max,
                std::int64_t limit) {
    std::int64_t value = 0;
    if (reader.read_integer(name + "_min", value, 0, limit)) {
        min = value;
    }
    if (reader.read_integer(name + "_max", value, 0, limit)) {
        max = value;
    }
    if (min && max && *min > *max) {
        reader.fail(name + "_max", reader.take(name + "_max")->place,
                    "is less than " + quoted_value(name + "_min") + ", so the rule can never match");
    }
}

void read_tool_named(MapReader& reader, std::optional<std::string>& target) {
    std::string glob;
    if (!reader.read_text("tool_named", glob)) {
        return;
    }
    if (glob.size() > kGlobBytesMax) {
        reader.fail("tool_named", reader.take("tool_named")->place,
                    "must be at most " + std::to_string(kGlobBytesMax) + " bytes");
        return;
    }
    target = std::move(glob);
}

void read_pattern(MapReader& reader, std::optional<TextPattern>& target) {
    const YamlNode* node = reader.take_scalar("text");
    if (node == nullptr) {
        return;
    }
    std::string problem;
    target = TextPattern::compile(node->text, problem);
    if (!target) {
        reader.fail("text", node->place, "is not a regular expression (RE2 syntax): " + problem);
        return;
    }
    if (target->found_in("")) {
        reader.problems().warn(node->place,
                               quoted_value(reader.path_of("text")) +
                                   " matches the empty text, so it may match every request and hide the rules after it.");
    }
}

void read_conditions(Loading& loading, MapReader& rule, RuleConditions& when) {
    const YamlNode* node = rule.require("when", "the conditions that must all hold");
    if (node == nullptr) {
        return;
    }
    MapReader reader(*node, rule.path_of("when"), loading.problems);
    if (reader.is_mapping() && reader.entries().empty()) {
        reader.fail_here("has no condition, so the rule would always match and hide the rules after it: use `default_class`");
    }
    read_optional_bool(reader, "has_image", when.has_image);
    read_optional_bool(reader, "has_audio", when.has_audio);
    read_optional_bool(reader, "has_tools", when.has_tools);
    read_optional_bool(reader, "json_schema", when.json_schema);
    read_optional_bool(reader, "last_turn_is_tool_result", when.last_turn_is_tool_result);
    read_tool_named(reader, when.tool_named);
    read_range(reader, "prompt_tokens", when.prompt_tokens_min, when.prompt_tokens_max, kTokensMax);
    read_range(reader, "turns", when.turns_min, when.turns_max, kTurnsMax);
    double share = 0.0;
    if (reader.read_fraction("code_share_min", share)) {
        when.code_share_min = share;
    }
    read_pattern(reader, when.text);
    reader.finish();
}

void load_rule(Loading& loading, const YamlNode& node, const std::string& path) {
    MapReader reader(node, path, loading.problems);
    Rule rule;
    if (reader.require("class", "the class that the rule assigns") != nullptr) {
        rule.request_class = read_class(loading, reader, "class").value_or(ClassId{});
    }
    read_conditions(loading, reader, rule.when);
    reader.finish();
    loading.snapshot.classifier.rules.push_back(std::move(rule));
}

/// Opens the model's file; null and a problem when it is no model.
std::shared_ptr<const ClassifierModel> read_model_file(Loading& loading, MapReader& reader) {
    const YamlNode* node = reader.require("file", "the file that `tierway train classifier` wrote");
    std::string name;
    if (node == nullptr || !reader.read_text("file", name)) {
        return nullptr;
    }
    // An absolute name stays as it is.
    const std::string path = (std::filesystem::path(loading.problems.file()).parent_path() / name).string();
    auto model = ClassifierModel::open(path);
    if (!model) {
        loading.problems.error(node->place, quoted_value(reader.path_of("file")) + " is no model that can be used: " +
                                                quoted_value(path) + ". " + std::string(model.error().message()));
        return nullptr;
    }
    return *std::move(model);
}

/// Which class each label means, where the file says so. \returns empty for a label that it says nothing of.
std::vector<std::optional<ClassId>> read_label_names(Loading& loading, MapReader& parent, const ClassifierModel& model) {
    const std::vector<std::string_view>& labels = model.labels();
    std::vector<std::optional<ClassId>> classes(labels.size());
    const YamlNode* node = parent.take("labels");
    if (node == nullptr) {
        return classes;
    }
    MapReader reader(*node, parent.path_of("labels"), loading.problems);
    for (const YamlEntry& entry : reader.entries()) {
        const auto found = std::find(labels.begin(), labels.end(), entry.key);
        if (found == labels.end()) {
            loading.problems.error(entry.key_place, quoted_value(reader.path_of(entry.key)) +
                                                        " names a label that the model does not have." +
                                                        loading.problems.suggestion(entry.key, labels));
            continue;
        }
        classes[static_cast<std::size_t>(found - labels.begin())] = read_class(loading, reader, entry.key);
    }
    return classes;
}

void load_model_stage(Loading& loading, const YamlNode& node) {
    MapReader reader(node, "classifier.model", loading.problems);
    ModelSettings settings;
    reader.read_fraction("min_confidence", settings.min_confidence);
    settings.model = read_model_file(loading, reader);
    if (settings.model == nullptr) {
        // Which labels there are is not known.
        reader.take("labels");
        reader.finish();
        return;
    }
    settings.class_of_label = read_label_names(loading, reader, *settings.model);
    for (std::size_t label = 0; label < settings.class_of_label.size(); ++label) {
        const std::string_view name = settings.model->labels()[label];
        auto& request_class = settings.class_of_label[label];
        if (!request_class) {
            request_class = loading.snapshot.find_class(name);
        }
        if (!request_class) {
            loading.problems.warn(node.place, "The model of `classifier.model` has the label " + quoted_value(name) +
                                                  ", which is no class: requests that it fits best go to `default_class`. Add the "
                                                  "class, or say in `classifier.model.labels` which one it means.");
        }
    }
    reader.finish();
    loading.snapshot.classifier.model = std::move(settings);
}

}  // namespace

void load_classifier(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "classifier", loading.problems);
    if (reader.require("default_class", "the class of requests that nothing else decides") != nullptr) {
        loading.snapshot.classifier.default_class = read_class(loading, reader, "default_class").value_or(ClassId{});
    }
    if (const YamlNode* rules = reader.take_list("rules"); rules != nullptr) {
        for (std::size_t i = 0; i < rules->items.size(); ++i) {
            // Counted from 1, as the reasons of a decision count them.
            load_rule(loading, rules->items[i], "classifier.rules[" + std::to_string(i + 1) + "]");
        }
    }
    if (const YamlNode* model = reader.take("model"); model != nullptr) {
        load_model_stage(loading, *model);
    }
    reader.finish();
}

}  // namespace tierway::config
