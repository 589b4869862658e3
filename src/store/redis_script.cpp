#include "tierway/store/redis_script.hpp"

#include <openssl/evp.h>

#include <array>
#include <span>
#include <utility>

#include "tierway/base/assert.hpp"

namespace tierway::store {
namespace {

std::string sha1_digits(std::string_view text) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    const int done = EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha1(), nullptr);
    TIERWAY_ASSERT(done == 1);
    std::string digits;
    for (const unsigned char byte : std::span(bytes).first(size)) {
        digits += kDigits[byte >> 4U];
        digits += kDigits[byte & 0xFU];
    }
    return digits;
}

}  // namespace

RedisScript::RedisScript(std::string text) : text_(std::move(text)), digest_(sha1_digits(text_)) {}

}  // namespace tierway::store
