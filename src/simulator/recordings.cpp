#include "tierway/simulator/recordings.hpp"

#include <utility>

namespace tierway::simulator {

void Recordings::add(const std::string& model, const std::string& prompt, Recording recording) {
    const auto [entry, is_new_model] = models_.try_emplace(model);
    if (is_new_model) {
        if (const std::size_t slash = model.find('/'); slash != std::string::npos) {
            full_names_[model.substr(slash + 1)].push_back(model);
        }
    }
    size_ += entry->second.try_emplace(prompt, std::move(recording)).second ? 1 : 0;
}

Result<const Recording*> Recordings::find(std::string_view model, const std::string& prompt) const {
    auto found = models_.find(model);
    if (found == models_.end()) {
        const auto full = full_names_.find(model);
        found = full == full_names_.end() || full->second.size() != 1 ? found : models_.find(full->second.front());
    }
    if (found == models_.end()) {
        return Error::downstream(ErrorKind::ModelNotFound, "model_not_found",
                                 "Nothing is recorded of such a model, or of several. GET /v1/models lists what is.")
            .with_param("model");
    }
    const auto recording = found->second.find(prompt);
    if (recording == found->second.end()) {
        return Error::downstream(ErrorKind::ModelNotFound, "recording_not_found",
                                 "No answer of `" + found->first +
                                     "` to this prompt is recorded. The newest user message must be a recorded prompt, to the byte.")
            .with_param("messages");
    }
    return &recording->second;
}

std::vector<std::string> Recordings::model_names() const {
    std::vector<std::string> names;
    for (const auto& [name, answers] : models_) {
        names.push_back(name);
    }
    for (const auto& [name, full_names] : full_names_) {
        if (full_names.size() == 1 && !models_.contains(name)) {
            names.push_back(name);
        }
    }
    return names;
}

}  // namespace tierway::simulator
