#include "tierway/base/time_text.hpp"

#include <array>
#include <ctime>

namespace tierway {

std::string rfc3339(WallTime time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
    std::tm calendar{};
    gmtime_r(&seconds, &calendar);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &calendar);
    return {text.data(), size};
}

}  // namespace tierway
