#include "tierway/base/text_buffer.hpp"

#include <algorithm>

namespace tierway {

void TextBuffer::grow(std::size_t bytes) {
    constexpr std::size_t kCapacityMin = 512;
    const std::size_t capacity = std::max({kCapacityMin, size_ + bytes, capacity_ * 2});
    // Uninitialised on purpose: it is written before it is read.
    std::unique_ptr<char[]> bigger(new char[capacity]);
    put(bigger.get(), view());
    bytes_ = std::move(bigger);
    capacity_ = capacity;
}

}  // namespace tierway
