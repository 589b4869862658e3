#include "dialect/model_member.hpp"

#include "dialect/request_errors.hpp"

namespace tierway::dialect {
namespace {

constexpr std::size_t kModelNameBytesMax = 256;

}  // namespace

Result<void> read_model_member(const wire::JsonValue& model, std::string& name) {
    if (!model.exists()) {
        return missing_parameter("model", "a string, the model's name");
    }
    if (!model.is_string()) {
        return invalid_type("model", "a string", model);
    }
    // A cut falls on a character's boundary, so up to three bytes short: with four to spare, a longer name stays too long.
    model.append_string(name, kModelNameBytesMax + 4);
    if (name.empty()) {
        return invalid_value("model", "must not be empty");
    }
    if (name.size() > kModelNameBytesMax) {
        return invalid_value("model", "must be at most " + std::to_string(kModelNameBytesMax) + " bytes long");
    }
    return {};
}

}  // namespace tierway::dialect
