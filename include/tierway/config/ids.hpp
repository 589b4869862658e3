#pragma once

#include <cstddef>
#include <cstdint>

namespace tierway::config {

/// Positions in the vectors of one `Snapshot`; an id of one snapshot means nothing in another.
enum class ProviderId : std::uint16_t {};
enum class ModelId : std::uint16_t {};
enum class TierId : std::uint16_t {};  ///< Ordered: a higher tier has the higher id, and costs more.
enum class ClassId : std::uint16_t {};
enum class KeyId : std::uint16_t {};

template <class Id>
constexpr std::size_t index_of(Id id) noexcept {
    return static_cast<std::size_t>(id);
}

}  // namespace tierway::config
