#include "tierway/base/request_id.hpp"

namespace tierway {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view kPrefix = "req_";

}  // namespace

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
        const std::uint64_t bits = random_.next();
        for (int shift = 35; shift >= 0; shift -= 5) {
            *out++ = kAlphabet[(bits >> shift) & 31U];
        }
    }
    return id;
}

}  // namespace tierway
