#include "config/problems.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "tierway/base/did_you_mean.hpp"

namespace tierway::config {
namespace {

constexpr std::size_t kShownBytesMax = 160;

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::vector<Problem> by_position(std::vector<Problem> problems) {
    std::stable_sort(problems.begin(), problems.end(),
                     [](const Problem& a, const Problem& b) { return std::tie(a.line, a.column) < std::tie(b.line, b.column); });
    return problems;
}

}  // namespace

std::string Problem::to_string() const {
    return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + message;
}

void Problems::keep(std::vector<Problem>& kept, Place place, std::string message) const {
    kept.push_back({file_, place.line, place.column, std::move(message)});
}

void Problems::error(Place place, std::string message) {
    if (errors_.size() >= kKeptMax) {
        ++errors_left_out_;
        return;
    }
    keep(errors_, place, std::move(message));
}

void Problems::warn(Place place, std::string message) {
    if (warnings_.size() < kKeptMax) {
        keep(warnings_, place, std::move(message));
    }
}

std::string Problems::suggestion(std::string_view word, std::span<const std::string_view> candidates) const {
    return errors_.size() < kKeptMax ? did_you_mean(word, candidates) : std::string();
}

std::string Problems::near_suggestion(std::string_view word, std::span<const std::string_view> candidates) const {
    if (errors_.size() >= kKeptMax) {
        return {};
    }
    const std::string_view near = nearest_name(word, candidates);
    return near.empty() ? std::string() : " Did you mean `" + std::string(near) + "`?";
}

std::vector<Problem> Problems::take_errors() {
    std::vector<Problem> errors = by_position(std::exchange(errors_, {}));
    if (errors_left_out_ > 0) {
        Problem last = errors.back();
        last.message = "… and " + std::to_string(std::exchange(errors_left_out_, 0)) + " more problems, which are not shown.";
        errors.push_back(std::move(last));
    }
    return errors;
}

std::vector<Problem> Problems::take_warnings() {
    return by_position(std::exchange(warnings_, {}));
}

std::string quoted_value(std::string_view text) {
    std::size_t shown = std::min(text.size(), kShownBytesMax);
    while (shown > 0 && shown < text.size() && continues_character(text[shown])) {
        --shown;
    }
    std::string result = "`";
    for (const char c : text.substr(0, shown)) {
        result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return result + (shown < text.size() ? "…`" : "`");
}

}  // namespace tierway::config
