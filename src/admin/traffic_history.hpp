#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tierway/base/time.hpp"

namespace tierway::admin {

/// The counters that the page's figures come from.
enum class Counter : std::uint8_t {
    Requests,     ///< class, tier, outcome
    Cost,         ///< class, tier, kind; USD
    Baseline,     ///< class; USD
    Escalations,  ///< class, from, to, reason, verdict
    Refused,      ///< code: requests that never had a class
};

/// One series of a counter: its label values, in the order above.
struct Series {
    Counter counter = Counter::Requests;
    std::vector<std::string> labels;

    friend auto operator<=>(const Series&, const Series&) = default;
};

/// What counters stand at, or how far they went.
using Counts = std::map<Series, double>;

/// What happened within one step of a chart.
struct TrafficPoint {
    WallTime from{};
    double cost_usd = 0.0;
    double baseline_usd = 0.0;
    std::map<std::string, double> requests_by_tier;
};

/// How traffic went of late: the last hour in steps of ten seconds, the last day in steps of five minutes. It is told what the
/// process's counters stand at and keeps their differences, so that counting costs requests nothing beyond the counters themselves.
/// Memory: 16 bytes for each series that moved within a step, of at most `kSeriesMax` series (further ones are summed up under
/// "other" labels): some hundred KiB as a rule, 10 MiB at most. Pure: time is an argument. For one thread.
class TrafficHistory {
public:
    static constexpr std::size_t kSeriesMax = 1'000;

    /// \param counts since the process started; they never fall. \param now may jump, as wall clocks do.
    void add(WallTime now, const Counts& counts);

    /// What was told last.
    [[nodiscard]] const Counts& since_start() const noexcept { return last_; }
    /// What happened from `span` before `now` on, to within a step; a span of more than a day is one of a day.
    [[nodiscard]] Counts within(std::chrono::seconds span, WallTime now) const;
    /// The same in steps, oldest first, those without traffic too; only since the first `add`.
    [[nodiscard]] std::vector<TrafficPoint> points(std::chrono::seconds span, WallTime now) const;
    /// How long such a step is.
    [[nodiscard]] static std::chrono::seconds step_of(std::chrono::seconds span) noexcept;

private:
    using SeriesIndex = std::uint32_t;
    struct Bucket {
        std::int64_t number = 0;                            ///< Of the step, since the epoch.
        std::vector<std::pair<SeriesIndex, double>> moved;  ///< By series, ascending.

        void add(SeriesIndex series, double by);
    };
    struct Ring {
        std::chrono::seconds step;
        std::size_t kept;
        std::deque<Bucket> buckets;  ///< Oldest first, each step at most once.
        std::int64_t first = 0;      ///< The step of the first `add`.
    };

    SeriesIndex index_of(const Series& series);
    static void open_bucket(Ring& ring, WallTime now);
    [[nodiscard]] const Ring& ring_for(std::chrono::seconds span) const noexcept;

    Counts last_;
    std::map<Series, SeriesIndex> indices_;
    std::vector<Series> series_;
    std::array<Ring, 2> rings_{Ring{std::chrono::seconds(10), 361, {}, 0}, Ring{std::chrono::seconds(300), 289, {}, 0}};
    bool begun_ = false;
};

}  // namespace tierway::admin
