#include "tierway/config/timeouts.hpp"

#include <algorithm>

#include "tierway/base/assert.hpp"
#include "tierway/config/snapshot.hpp"

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

Timeouts effective_timeouts(const Snapshot& snapshot, ModelId model, ClassId request_class) {
    const Model& stated = snapshot.model(model);
    const Timeouts of_model = overridden(snapshot.provider(stated.provider).timeouts, stated.timeouts);
    return overridden(of_model, snapshot.request_class(request_class).timeouts);
}

TimeoutTable make_timeout_table(const Snapshot& snapshot) {
    TimeoutTable table;
    std::vector<TimeoutOverrides> stated;  // By row.
    for (std::size_t i = 0; i < snapshot.classes.size(); ++i) {
        const TimeoutOverrides& overrides = snapshot.classes[i].timeouts;
        const auto row = static_cast<std::size_t>(std::find(stated.begin(), stated.end(), overrides) - stated.begin());
        TIERWAY_ASSERT(row < TimeoutTable::kRowsMax);
        table.row_of_class.push_back(static_cast<std::uint8_t>(row));
        if (row < stated.size()) {
            continue;
        }
        stated.push_back(overrides);
        std::vector<Timeouts>& timeouts = table.rows.emplace_back();
        timeouts.reserve(snapshot.models.size());
        for (std::size_t model = 0; model < snapshot.models.size(); ++model) {
            timeouts.push_back(effective_timeouts(snapshot, ModelId(model), ClassId(i)));
        }
    }
    return table;
}

}  // namespace tierway::config
