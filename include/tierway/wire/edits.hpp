#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/wire/json_view.hpp"

namespace tierway::wire {

/// Byte-range edits of a text that is never copied: the edited text is a gather list of untouched pieces and replacements.
/// Reusable; steady state allocates nothing. The original and all replacements must outlive the gathered pieces.
class Edits {
public:
    void clear() noexcept { edits_.clear(); }
    [[nodiscard]] bool empty() const noexcept { return edits_.empty(); }

    /// Replaces the bytes of `range`. REQUIRES: no overlap with another edit. Order of calls is free.
    void replace(ByteRange range, std::string_view replacement);
    /// Inserts before the byte at `offset`; several insertions at one offset keep their order. REQUIRES: not inside a range
    /// that is replaced or removed.
    void insert(std::size_t offset, std::string_view text);
    /// Removes one member of `object` with the comma that belongs to it. Any number of members of one object may be removed, in
    /// any order; removing one twice is the same as once. REQUIRES: `member` is a member of `object`, and no other edit lies
    /// inside it. Linear in the members of the object.
    void remove_member(const JsonValue& object, const JsonValue& member);
    /// Adds a member text (`"key":value`, without comma) as the last member of `object`, with the comma it needs. Several
    /// appended members keep their order.
    void append_member(const JsonValue& object, std::string_view member_text);

    /// Appends the pieces of the edited `original` to `pieces`.
    void gather(std::string_view original, std::vector<std::string_view>& pieces);
    /// Appends the edited `original` itself to `out`, for whoever has to keep it.
    void append_edited(std::string_view original, std::string& out);
    /// The length of the edited text.
    [[nodiscard]] std::size_t edited_size(std::size_t original_size) const noexcept;

private:
    enum class Role : std::uint8_t { Plain, RemovedMember, AppendedComma };

    struct Edit {
        ByteRange range{};
        std::string_view replacement{};
        std::size_t sequence = 0;  ///< Keeps insertions at one offset in order.
        std::size_t object = 0;    ///< Where the edited object begins, unless Plain.
        std::size_t member = 0;    ///< Where the removed member begins.
        Role role = Role::Plain;
    };

    template <class Take>
    void for_each_piece(std::string_view original, Take take);
    void add(Edit edit);
    [[nodiscard]] Edit* find_removed(std::size_t object, std::size_t member) noexcept;
    [[nodiscard]] Edit* find_first_comma(std::size_t object) noexcept;

    std::vector<Edit> edits_;
};

}  // namespace tierway::wire
