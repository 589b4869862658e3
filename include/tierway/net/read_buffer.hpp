#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace tierway::net {

/// One growable, contiguous buffer for each connection: bytes are read at its end and used from its front, and a whole request
/// lies in it in place. Views into it die when it grows or is compacted, that is at the next `prepare`.
class ReadBuffer {
public:
    /// Bytes received and not yet consumed.
    [[nodiscard]] std::string_view view() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
    [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// Makes room for at least `bytes` more and returns where to put them.
    char* prepare(std::size_t bytes);
    /// How much `prepare` left room for.
    [[nodiscard]] std::size_t writable() const noexcept { return capacity_ - end_; }
    /// Declares `bytes` at the place `prepare` gave as received.
    void commit(std::size_t bytes) noexcept { end_ += bytes; }
    /// Drops bytes from the front.
    void consume(std::size_t bytes) noexcept;
    /// Gives the memory back when the buffer is empty and larger than `keep`.
    void release_beyond(std::size_t keep) noexcept;

private:
    std::unique_ptr<char[]> data_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace tierway::net
