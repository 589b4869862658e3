#include "simulator/draws.hpp"

#include <cmath>
#include <numbers>

namespace tierway::simulator {

std::uint64_t stable_hash(std::string_view text, std::uint64_t basis) noexcept {
    std::uint64_t hash = basis;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return hash;
}

std::uint64_t Draws::next() noexcept {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31U);
}

double Draws::uniform() noexcept {
    return static_cast<double>(next() >> 11U) * 0x1.0p-53;
}

double Draws::normal() noexcept {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

std::size_t Draws::index(std::size_t count) noexcept {
    return static_cast<std::size_t>(next() % count);
}

}  // namespace tierway::simulator
