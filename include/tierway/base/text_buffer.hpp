#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tierway {

/// Text being written piece by piece on a hot path: it grows as a string does, but the writer claims room once for several pieces
/// and nothing is cleared beforehand. Keeps its memory when cleared. Not thread-safe.
class TextBuffer {
public:
    TextBuffer() = default;
    TextBuffer(const TextBuffer& other) { append(other.view()); }
    TextBuffer& operator=(const TextBuffer& other) {
        if (this != &other) {
            clear();
            append(other.view());
        }
        return *this;
    }
    TextBuffer(TextBuffer&& other) noexcept
        : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)), capacity_(std::exchange(other.capacity_, 0)) {}
    TextBuffer& operator=(TextBuffer&& other) noexcept {
        bytes_ = std::move(other.bytes_);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
        return *this;
    }
    ~TextBuffer() = default;

    void clear() noexcept { size_ = 0; }

    /// Room for `bytes` more, to be written from the address returned; `commit` says how far it was used. The room of the claim
    /// before is void.
    char* claim(std::size_t bytes) {
        if (capacity_ - size_ < bytes) {
            grow(bytes);
        }
        return bytes_.get() + size_;
    }
    /// \param end just behind the last byte written into what was claimed.
    void commit(const char* end) noexcept { size_ = static_cast<std::size_t>(end - bytes_.get()); }

    /// Appends pieces with one claim.
    template <class... Pieces>
    void append(const Pieces&... pieces) {
        char* to = claim((std::string_view(pieces).size() + ...));
        ((to = put(to, pieces)), ...);
        commit(to);
    }

    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::string to_string() const { return std::string(view()); }

    /// Copies a piece to `to`, where room for it was claimed. \returns the end of the copy.
    static char* put(char* to, std::string_view piece) noexcept {
        if (!piece.empty()) {
            std::memcpy(to, piece.data(), piece.size());
        }
        return to + piece.size();
    }

private:
    void grow(std::size_t bytes);

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace tierway
