#include "tierway/base/effort.hpp"

#include <array>

namespace tierway {
namespace {

constexpr std::array<std::string_view, 7> kNames{"none", "minimal", "low", "medium", "high", "xhigh", "max"};

}  // namespace

std::string_view name_of(Effort effort) noexcept {
    return kNames[static_cast<std::size_t>(effort)];
}

std::optional<Effort> parse_effort(std::string_view word) noexcept {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == word) {
            return static_cast<Effort>(i);
        }
    }
    return std::nullopt;
}

std::optional<Effort> Efforts::nearest(Effort wish) const noexcept {
    if (empty() || has(wish)) {
        return wish;
    }
    const auto last = static_cast<unsigned>(Effort::Max);
    for (auto below = static_cast<unsigned>(wish); below > static_cast<unsigned>(Effort::None); --below) {
        if (has(static_cast<Effort>(below))) {
            return static_cast<Effort>(below);
        }
    }
    for (auto above = static_cast<unsigned>(Effort::Minimal); above <= last; ++above) {
        if (has(static_cast<Effort>(above))) {
            return static_cast<Effort>(above);
        }
    }
    return std::nullopt;
}

}  // namespace tierway
