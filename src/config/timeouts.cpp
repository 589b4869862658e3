#include "tierway/config/timeouts.hpp"

namespace tierway::config {

Timeouts overridden(Timeouts base, const TimeoutOverrides& overrides) noexcept {
    base.connect = overrides.connect.value_or(base.connect);
    base.headers = overrides.headers.value_or(base.headers);
    base.first_content = overrides.first_content.value_or(base.first_content);
    base.idle = overrides.idle.value_or(base.idle);
    base.total_stream = overrides.total_stream.value_or(base.total_stream);
    base.total_whole = overrides.total_whole.value_or(base.total_whole);
    return base;
}

}  // namespace tierway::config
