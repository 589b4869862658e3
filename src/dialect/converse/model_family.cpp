#include "dialect/converse/model_family.hpp"

namespace tierway::dialect::converse {

ModelFamily family_of(std::string_view model) noexcept {
    const auto holds = [model](std::string_view name) { return model.find(name) != std::string_view::npos; };
    if (holds("anthropic.claude")) {
        return ModelFamily::Claude;
    }
    if (holds("amazon.nova")) {
        return ModelFamily::Nova;
    }
    return holds("openai.gpt-oss") ? ModelFamily::GptOss : ModelFamily::Other;
}

}  // namespace tierway::dialect::converse
