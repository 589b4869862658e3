#include <array>
#include <new>

#include "tierway/net/task.hpp"

namespace tierway::net {
namespace {

constexpr std::size_t kStepBytes = 64;
constexpr std::size_t kListedBytesMax = 2'048;
/// Of one size; what a burst left beyond it goes back to the heap.
constexpr unsigned kKeptMax = 1'024;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// The sanitizers are to see each frame's own life.
constexpr bool kReuses = false;
#else
constexpr bool kReuses = true;
#endif

/// Frames of one size that are free.
class FreeList {
public:
    FreeList() = default;
    FreeList(const FreeList&) = delete;
    FreeList& operator=(const FreeList&) = delete;
    ~FreeList() {
        while (void* frame = take()) {
            ::operator delete(frame);
        }
    }

    void* take() noexcept {
        Link* const link = first_;
        if (link != nullptr) {
            first_ = link->next;
            --kept_;
        }
        return link;
    }
    /// False: it keeps enough already.
    bool put(void* frame) noexcept {
        if (kept_ == kKeptMax) {
            return false;
        }
        first_ = ::new (frame) Link{first_};
        ++kept_;
        return true;
    }

private:
    struct Link {
        Link* next;
    };
    Link* first_ = nullptr;
    unsigned kept_ = 0;
};

thread_local std::array<FreeList, kListedBytesMax / kStepBytes> free_lists;

}  // namespace

void* allocate_frame(std::size_t bytes) {
    const std::size_t list = (bytes - 1) / kStepBytes;
    if (!kReuses || list >= free_lists.size()) {
        return ::operator new(bytes);
    }
    void* const frame = free_lists[list].take();
    return frame != nullptr ? frame : ::operator new((list + 1) * kStepBytes);
}

void free_frame(void* frame, std::size_t bytes) noexcept {
    const std::size_t list = (bytes - 1) / kStepBytes;
    if (!kReuses || list >= free_lists.size() || !free_lists[list].put(frame)) {
        ::operator delete(frame);
    }
}

}  // namespace tierway::net
