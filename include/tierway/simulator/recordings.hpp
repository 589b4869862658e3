#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tierway/base/error.hpp"

namespace tierway::simulator {

/// What a model once answered.
struct Recording {
    std::string text;
    std::int64_t prompt_tokens = 0;
    std::int64_t completion_tokens = 0;
    std::optional<double> token_probability;  ///< 0..1
};

/// Recorded answers by model and prompt, to be given again. Filled before it is served from; then immutable.
class Recordings {
public:
    /// The first answer of a model to a prompt counts. \param model as `provider/model`.
    void add(const std::string& model, const std::string& prompt, Recording recording);

    /// The answer of a model to exactly this prompt. The model may also be called without its provider, where only one recorded
    /// model is called that. Errors: ModelNotFound "model_not_found" or "recording_not_found".
    [[nodiscard]] Result<const Recording*> find(std::string_view model, const std::string& prompt) const;

    /// Every name that a request may use.
    [[nodiscard]] std::vector<std::string> model_names() const;
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    using ByPrompt = std::unordered_map<std::string, Recording>;

    std::map<std::string, ByPrompt, std::less<>> models_;
    std::map<std::string, std::vector<std::string>, std::less<>> full_names_;  ///< By the name without its provider.
    std::size_t size_ = 0;
};

}  // namespace tierway::simulator
