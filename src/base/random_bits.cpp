#include "tierway/base/random_bits.hpp"

#include <random>

namespace tierway {

RandomBits::RandomBits() : state_(0) {
    std::random_device entropy;
    state_ = (static_cast<std::uint64_t>(entropy()) << 32) ^ entropy();
}

}  // namespace tierway
