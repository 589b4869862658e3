#include "tierway/net/read_buffer.hpp"

#include <algorithm>
#include <cstring>

#include "tierway/base/assert.hpp"

namespace tierway::net {

char* ReadBuffer::prepare(std::size_t bytes) {
    if (begin_ == end_) {
        begin_ = end_ = 0;
    }
    if (capacity_ - end_ >= bytes) {
        return data_.get() + end_;
    }
    const std::size_t used = size();
    if (begin_ > 0 && capacity_ - used >= bytes) {
        std::memmove(data_.get(), data_.get() + begin_, used);
    } else {
        const std::size_t grown = std::max(used + bytes, capacity_ + capacity_ / 2);
        // Uninitialised on purpose: the socket overwrites it.
        std::unique_ptr<char[]> bigger(new char[grown]);
        if (used > 0) {
            std::memcpy(bigger.get(), data_.get() + begin_, used);
        }
        data_ = std::move(bigger);
        capacity_ = grown;
    }
    begin_ = 0;
    end_ = used;
    return data_.get() + end_;
}

void ReadBuffer::consume(std::size_t bytes) noexcept {
    TIERWAY_ASSERT(bytes <= size());
    begin_ += bytes;
}

void ReadBuffer::release_beyond(std::size_t keep) noexcept {
    if (empty() && capacity_ > keep) {
        data_.reset();
        capacity_ = begin_ = end_ = 0;
    }
}

}  // namespace tierway::net
