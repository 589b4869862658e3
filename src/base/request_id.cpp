#include "tierway/base/request_id.hpp"

#include <random>

namespace tierway {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view kPrefix = "req_";

}  // namespace

RequestIdSource::RequestIdSource() : state_(0) {
    std::random_device entropy;
    state_ = (static_cast<std::uint64_t>(entropy()) << 32) ^ entropy();
}

// splitmix64 (Steele, Lea, Flood 2014): ids must be distinct, not unguessable.
std::uint64_t RequestIdSource::random() noexcept {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

RequestId RequestIdSource::next(std::uint64_t unix_milliseconds) noexcept {
    RequestId id;
    auto out = id.text_.begin();
    for (const char c : kPrefix) {
        *out++ = c;
    }
    for (int shift = 45; shift >= 0; shift -= 5) {
        *out++ = kAlphabet[(unix_milliseconds >> shift) & 31U];
    }
    for (int half = 0; half < 2; ++half) {
        const std::uint64_t bits = random();
        for (int shift = 35; shift >= 0; shift -= 5) {
            *out++ = kAlphabet[(bits >> shift) & 31U];
        }
    }
    return id;
}

}  // namespace tierway
