#include "gateway/chance.hpp"

#include <random>

namespace tierway::gateway {

double chance() {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

}  // namespace tierway::gateway
