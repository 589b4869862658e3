#include "admin/traffic_history.hpp"

#include <algorithm>

namespace tierway::admin {
namespace {

using std::chrono::seconds;

constexpr std::size_t kTierLabel = 1;

std::int64_t number_of(WallTime time, seconds step) {
    return std::chrono::floor<seconds>(time.time_since_epoch()).count() / step.count();
}

/// The series that stands for all of its counter's that there is no room for.
Series others_of(const Series& series) {
    return {series.counter, std::vector<std::string>(series.labels.size(), "other")};
}

void add_to(TrafficPoint& point, const Series& series, double moved) {
    switch (series.counter) {
        case Counter::Requests:
            point.requests_by_tier[series.labels[kTierLabel]] += moved;
            break;
        case Counter::Cost:
            point.cost_usd += moved;
            break;
        case Counter::Baseline:
            point.baseline_usd += moved;
            break;
        case Counter::Escalations:
        case Counter::Refused:
            break;
    }
}

}  // namespace

void TrafficHistory::add(WallTime now, const Counts& counts) {
    for (Ring& ring : rings_) {
        if (!begun_) {
            ring.first = number_of(now, ring.step);
        }
        open_bucket(ring, now);
    }
    begun_ = true;
    for (const auto& [series, count_now] : counts) {
        const auto before = last_.find(series);
        const double moved = count_now - (before == last_.end() ? 0.0 : before->second);
        if (moved <= 0.0) {
            continue;
        }
        const SeriesIndex index = index_of(series);
        for (Ring& ring : rings_) {
            ring.buckets.back().add(index, moved);
        }
    }
    last_ = counts;
}

void TrafficHistory::Bucket::add(SeriesIndex series, double by) {
    const auto place = std::lower_bound(moved.begin(), moved.end(), series,
                                        [](const auto& entry, SeriesIndex wanted) { return entry.first < wanted; });
    if (place != moved.end() && place->first == series) {
        place->second += by;
    } else {
        moved.insert(place, {series, by});
    }
}

// A clock that jumps back goes on filling the newest step.
void TrafficHistory::open_bucket(Ring& ring, WallTime now) {
    const std::int64_t number = number_of(now, ring.step);
    if (!ring.buckets.empty() && ring.buckets.back().number >= number) {
        return;
    }
    ring.buckets.push_back({number, {}});
    while (ring.buckets.size() > ring.kept) {
        ring.buckets.pop_front();
    }
}

TrafficHistory::SeriesIndex TrafficHistory::index_of(const Series& series) {
    const auto found = indices_.find(series);
    if (found != indices_.end()) {
        return found->second;
    }
    // The stand-ins come on top: there are no more of them than counters.
    const Series kept = series_.size() < kSeriesMax ? series : others_of(series);
    const auto [entry, is_new] = indices_.try_emplace(kept, static_cast<SeriesIndex>(series_.size()));
    if (is_new) {
        series_.push_back(kept);
    }
    return entry->second;
}

const TrafficHistory::Ring& TrafficHistory::ring_for(seconds span) const noexcept {
    return span <= std::chrono::hours(1) ? rings_[0] : rings_[1];
}

seconds TrafficHistory::step_of(seconds span) noexcept {
    return span <= std::chrono::hours(1) ? seconds(10) : seconds(300);
}

Counts TrafficHistory::within(seconds span, WallTime now) const {
    const Ring& ring = ring_for(span);
    const std::int64_t oldest = number_of(now - span, ring.step);
    Counts sums;
    for (const Bucket& bucket : ring.buckets) {
        if (bucket.number <= oldest) {
            continue;
        }
        for (const auto& [index, moved] : bucket.moved) {
            sums[series_[index]] += moved;
        }
    }
    return sums;
}

std::vector<TrafficPoint> TrafficHistory::points(seconds span, WallTime now) const {
    const Ring& ring = ring_for(span);
    std::vector<TrafficPoint> points;
    if (!begun_) {
        return points;
    }
    const std::int64_t last = number_of(now, ring.step);
    const std::int64_t first =
        std::max({ring.first, number_of(now - span, ring.step) + 1, last + 1 - static_cast<std::int64_t>(ring.kept)});
    auto bucket = ring.buckets.begin();
    for (std::int64_t number = first; number <= last; ++number) {
        TrafficPoint& point = points.emplace_back();
        point.from = WallTime(seconds(number * ring.step.count()));
        bucket = std::find_if(bucket, ring.buckets.end(), [number](const Bucket& one) { return one.number >= number; });
        if (bucket != ring.buckets.end() && bucket->number == number) {
            for (const auto& [index, moved] : bucket->moved) {
                add_to(point, series_[index], moved);
            }
        }
    }
    return points;
}

}  // namespace tierway::admin
