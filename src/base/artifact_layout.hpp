#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "tierway/base/artifact_file.hpp"

namespace tierway::artifact {

// The structures below are the bytes of the file.
static_assert(std::endian::native == std::endian::little, "artefacts are little-endian and used in place");

constexpr std::string_view kMagic("TIERWAY\n", 8);
constexpr std::size_t kChecksumBytes = 32;

using Name = std::array<char, kNameBytesMax + 1>;

struct Header {
    std::array<char, 8> magic{};
    Name kind{};
    std::uint32_t version = 0;
    std::uint32_t sections = 0;
    std::uint64_t file_bytes = 0;
};
static_assert(sizeof(Header) == 56 && std::has_unique_object_representations_v<Header>);

struct Entry {
    Name name{};
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};
static_assert(sizeof(Entry) == 48 && std::has_unique_object_representations_v<Entry>);

constexpr std::size_t align_up(std::size_t offset) noexcept {
    return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace tierway::artifact
