#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "tierway/base/error.hpp"

namespace tierway {

/// What something learned is kept in: named sections of bytes in one checked file. The layout, all numbers little-endian:
///
///     0   8   "TIERWAY\n"
///     8   32  the kind of artefact, such as "classifier", filled up with zeros
///     40  4   the version of what the sections of that kind mean
///     44  4   how many sections there are
///     48  8   the size of the file
///     56  …   for each section its name (32 bytes, filled up with zeros), its offset (8) and its size (8)
///     …       the sections in that order, each at the next multiple of 64, zeros between
///     end-32  SHA-256 of everything before
///
/// The checksum finds damage, not malice: whoever can write the file can write a fitting checksum.
namespace artifact {
constexpr std::size_t kNameBytesMax = 31;
constexpr std::size_t kSectionsMax = 256;
constexpr std::size_t kBytesMax = std::size_t{64} << 20U;  ///< Of a file; what is larger is refused unread.
constexpr std::size_t kAlignment = 64;
}  // namespace artifact

/// An artefact that was read and found whole. It lies in memory that is mapped for reading only and belongs to this object alone:
/// the file may be replaced, overwritten or cut while it is in use, which a mapping of the file itself would answer with SIGBUS.
/// Immutable; from any thread. Views live as long as the object.
class ArtifactFile {
public:
    /// \param kind    what the caller can use; another kind is an error that names both.
    /// \param version of that kind that the caller understands; any other is an error.
    /// Errors are whole sentences that begin with what is wrong and name no path: "It is damaged: …". The caller knows the path.
    static Result<std::shared_ptr<const ArtifactFile>> open(const std::string& path, std::string_view kind, std::uint32_t version);

    ArtifactFile(const ArtifactFile&) = delete;
    ArtifactFile& operator=(const ArtifactFile&) = delete;
    ~ArtifactFile();

    /// The bytes of a section, which begin at a multiple of `kAlignment` in memory; empty when there is no such section.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
    /// As `find`, but a section that is not there is an error.
    [[nodiscard]] Result<std::string_view> section(std::string_view name) const;

    /// A section as an array; its size must be a multiple of an element's.
    template <class T>
    [[nodiscard]] Result<std::span<const T>> array(std::string_view name) const {
        static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= artifact::kAlignment);
        const auto bytes = section(name);
        if (!bytes) {
            return bytes.error();
        }
        if (bytes->size() % sizeof(T) != 0) {
            return wrong_size(name);
        }
        return std::span<const T>(reinterpret_cast<const T*>(bytes->data()), bytes->size() / sizeof(T));
    }
    /// A section that is exactly one `T`.
    template <class T>
    [[nodiscard]] Result<T> value(std::string_view name) const {
        const auto values = array<T>(name);
        if (!values) {
            return values.error();
        }
        if (values->size() != 1) {
            return wrong_size(name);
        }
        return values->front();
    }
    /// A section that is a list of texts, as `ArtifactWriter::add_texts` writes it.
    [[nodiscard]] Result<std::vector<std::string_view>> texts(std::string_view name) const;

    /// Lower-case hexadecimal SHA-256 of the whole file before its checksum: what names this artefact in records.
    [[nodiscard]] std::string hash() const;

private:
    struct Section {
        std::string_view name;
        std::string_view bytes;
    };

    explicit ArtifactFile(std::span<const std::byte> memory) noexcept : memory_(memory) {}

    [[nodiscard]] std::string_view bytes() const noexcept;
    Result<void> check(std::string_view kind, std::uint32_t version);
    Result<void> read_sections(std::size_t count);
    static Error wrong_size(std::string_view name);

    std::span<const std::byte> memory_;
    std::vector<Section> sections_;
};

/// Builds an artefact. The same calls give the same bytes, on every machine.
class ArtifactWriter {
public:
    /// REQUIRES: names of kind and sections have 1 to `kNameBytesMax` bytes, none of them zero, and no section is added twice.
    ArtifactWriter(std::string_view kind, std::uint32_t version);

    void add(std::string_view name, std::string_view bytes);
    template <class T>
    void add_array(std::string_view name, std::span<const T> values) {
        static_assert(std::has_unique_object_representations_v<T> || std::is_floating_point_v<T>, "padding has no value");
        add(name, std::string_view(reinterpret_cast<const char*>(values.data()), values.size_bytes()));
    }
    template <class T>
    void add_value(std::string_view name, const T& value) {
        add_array(name, std::span<const T>(&value, 1));
    }
    /// REQUIRES: no text holds a zero byte.
    void add_texts(std::string_view name, std::span<const std::string> texts);

    /// The whole file. Error: it would exceed `kBytesMax` or `kSectionsMax`.
    [[nodiscard]] Result<std::string> bytes() const;
    /// Writes the file whole or not at all: beside its place, to the disk, then over what was there.
    [[nodiscard]] Result<void> write(const std::string& path) const;

private:
    struct Section {
        std::string name;
        std::string bytes;
    };

    std::string kind_;
    std::uint32_t version_;
    std::vector<Section> sections_;
};

}  // namespace tierway
