#include "tierway/config/import_litellm.hpp"

#include <algorithm>

#include "config/litellm/translation.hpp"

namespace tierway::config {
namespace litellm {

const YamlNode* value_of(const YamlNode& mapping, std::string_view key) noexcept {
    for (const YamlEntry& entry : mapping.entries) {
        if (entry.key == key) {
            return &entry.value;
        }
    }
    return nullptr;
}

bool is_askable(std::string_view name) noexcept {
    constexpr std::size_t kBytesMax = 128;
    const bool reserved = name == "auto" || name.starts_with("tier:");
    return !name.empty() && name.size() <= kBytesMax && !reserved &&
           std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '\\'; });
}

}  // namespace litellm

std::string_view name_of(ImportQuality quality) noexcept {
    switch (quality) {
        case ImportQuality::Exact:
            return "exact";
        case ImportQuality::Approximate:
            return "approximate";
        case ImportQuality::Unsupported:
            return "unsupported";
    }
    return {};
}

Imported import_litellm(std::string_view text, const std::string& file, const PriceCatalogue& catalogue) {
    Imported imported;
    Problems problems(file);
    const auto tree = read_yaml(text, problems);
    if (tree && (tree->kind != YamlNode::Kind::Mapping || litellm::value_of(*tree, "model_list") == nullptr)) {
        problems.error(tree->place, "This is no configuration of LiteLLM: it has no `model_list`.");
    }
    imported.problems = problems.take_errors();
    if (!imported.problems.empty() || !tree) {
        return imported;
    }
    litellm::Draft draft;
    litellm::Notes notes;
    // Whatever the order of the file: the rest refers to the groups.
    litellm::read_models(*litellm::value_of(*tree, "model_list"), catalogue, draft, notes);
    for (const YamlEntry& section : tree->entries) {
        if (section.key != "model_list") {
            litellm::read_settings(section.value, section.key, draft, notes);
        }
    }
    imported.notes = notes.take();
    std::stable_sort(imported.notes.begin(), imported.notes.end(),
                     [](const ImportNote& a, const ImportNote& b) { return a.line < b.line; });
    if (draft.groups.empty()) {
        imported.problems.push_back({file, litellm::value_of(*tree, "model_list")->place.line, 1,
                                     "Nothing in `model_list` can be served here, so there is no configuration to write."});
        return imported;
    }
    imported.yaml = litellm::write_draft(std::move(draft), catalogue);
    return imported;
}

}  // namespace tierway::config
