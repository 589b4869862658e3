#include "config/expansion.hpp"

#include <algorithm>
#include <cstdlib>

#include "config/problems.hpp"

namespace tierway::config {
namespace {

constexpr std::size_t kVariableBytesMax = 128;
constexpr std::string_view kOtherwise = ":-";

bool is_variable_name(std::string_view name) {
    const auto allowed = [](char c) {
        return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    return !name.empty() && name.size() <= kVariableBytesMax && !(name.front() >= '0' && name.front() <= '9') &&
           std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        // Nothing in this process writes to its environment, so the look-up is safe in any thread.
        const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

std::string_view whole_variable(std::string_view text) {
    if (!text.starts_with("${") || !text.ends_with('}')) {
        return {};
    }
    const std::string_view name = text.substr(2, text.size() - 3);
    return is_variable_name(name) ? name : std::string_view();
}

Parsed<std::string> expand_environment(std::string_view text, const Environment& environment) {
    using Result = Parsed<std::string>;
    std::string expanded;
    for (std::size_t begin = text.find("${"); begin != std::string_view::npos; begin = text.find("${")) {
        const std::size_t end = text.find('}', begin);
        const std::string_view inner = text.substr(begin + 2, std::min(end, text.size()) - begin - 2);
        const std::size_t otherwise = inner.find(kOtherwise);
        const std::string name(inner.substr(0, otherwise));
        if (end == std::string_view::npos || !is_variable_name(name)) {
            return Result::bad("has a `${` that is not followed by the name of an environment variable and `}`");
        }
        auto value = environment(name);
        if (otherwise != std::string_view::npos && (!value || value->empty())) {
            value = inner.substr(otherwise + kOtherwise.size());
        } else if (!value || value->empty()) {
            return Result::bad("needs the environment variable `" + name + "`, which is " + (value ? "empty" : "not set"));
        }
        expanded.append(text.substr(0, begin)).append(*value);
        text.remove_prefix(end + 1);
    }
    return Result::good(expanded.append(text));
}

}  // namespace tierway::config
