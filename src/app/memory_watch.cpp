#include "app/memory_watch.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace tierway::app {
namespace {

/// Giving memory back walks the whole heap and makes the others wait for it.
constexpr std::chrono::seconds kTrimEvery{1};

}  // namespace

std::size_t resident_bytes() noexcept {
    const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return 0;
    }
    std::array<char, 128> text{};
    const ssize_t size = ::read(file, text.data(), text.size());
    ::close(file);
    // Pages: all, resident, … (proc(5)).
    const std::string_view fields(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    const std::size_t space = fields.find(' ');
    std::size_t pages = 0;
    if (space != std::string_view::npos) {
        std::from_chars(fields.data() + space + 1, fields.data() + fields.size(), pages);
    }
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

MemoryWatch::MemoryWatch(gateway::LoadLimiter& limiter, std::function<void(gateway::MemoryPressure)> changed)
    : limiter_(limiter), changed_(std::move(changed)) {}

void MemoryWatch::on_sweep(SteadyTime now) {
    const gateway::MemoryPressure before = pressure_;
    pressure_ = limiter_.limits_memory() ? limiter_.note_resident(resident_bytes()) : gateway::MemoryPressure::None;
    if (pressure_ != before) {
        changed_(pressure_);
    }
    if (pressure_ != gateway::MemoryPressure::None && now >= trim_again_at_) {
        ::malloc_trim(0);
        trim_again_at_ = now + kTrimEvery;
    }
}

}  // namespace tierway::app
