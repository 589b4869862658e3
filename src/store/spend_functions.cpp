#include "store/spend_functions.hpp"

#include <memory>
#include <string>

#include "store/unix_milliseconds.hpp"
#include "tierway/base/usd.hpp"

namespace tierway::store {
namespace {

/// Names days; the attempts of a ledger come in the order of time, so most are of the day before.
class DayNames {
public:
    explicit DayNames(const TimeZone& zone) : zone_(zone) {}

    const std::string& at(WallTime moment) {
        if (moment < day_.begin || moment >= day_.end) {
            day_ = window_at(Window::Day, zone_, moment);
            name_ = day_name(zone_, moment);
        }
        return name_;
    }

private:
    TimeZone zone_;
    WindowSpan day_{};
    std::string name_;
};

void name_day(sqlite3_context* context, int, sqlite3_value** values) {
    auto& names = *static_cast<DayNames*>(sqlite3_user_data(context));
    const std::string& name = names.at(wall_time(sqlite3_value_int64(values[0])));
    sqlite3_result_text(context, name.data(), static_cast<int>(name.size()), SQLITE_TRANSIENT);
}

// SQLite hands out zeroed memory for each group.
std::int64_t* sum_of(sqlite3_context* context) {
    return static_cast<std::int64_t*>(sqlite3_aggregate_context(context, sizeof(std::int64_t)));
}

void add_to_sum(sqlite3_context* context, int, sqlite3_value** values) {
    if (std::int64_t* sum = sum_of(context)) {
        *sum = (Usd::from_nano(*sum) + Usd::from_nano(sqlite3_value_int64(values[0]))).nano();
    }
}

void give_sum(sqlite3_context* context) {
    const std::int64_t* sum = sum_of(context);
    sqlite3_result_int64(context, sum == nullptr ? 0 : *sum);
}

}  // namespace

void add_spend_functions(SqliteConnection& connection, const TimeZone& zone) {
    constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    auto names = std::make_unique<DayNames>(zone);
    const auto destroy = [](void* days) { delete static_cast<DayNames*>(days); };
    // SQLite owns the names from here on, even when it refuses.
    int code = sqlite3_create_function_v2(connection.handle(), "day_name", 1, kFlags, names.release(), name_day, nullptr, nullptr,
                                          destroy);
    if (code == SQLITE_OK) {
        code = sqlite3_create_function_v2(connection.handle(), "saturating_sum", 1, kFlags, nullptr, nullptr, add_to_sum,
                                          give_sum, nullptr);
    }
    if (code != SQLITE_OK) {
        connection.note_fault(code);
    }
}

}  // namespace tierway::store
