#include "app/descriptor_limit.hpp"

#include <sys/resource.h>

#include <string>

#include "tierway/telemetry/log.hpp"

namespace tierway::app {

void raise_descriptor_limit(unsigned connections) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return;
    }
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        ::getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < 2 * static_cast<rlim_t>(connections)) {
        telemetry::log_info("The system allows this process " + std::to_string(limit.rlim_cur) + " descriptors (ulimit -n); " +
                            std::to_string(connections) +
                            " connections that each wait for a provider need twice their number, and some to spare.");
    }
}

}  // namespace tierway::app
