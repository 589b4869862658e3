#include "admin/traffic_figures.hpp"

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace tierway::admin {
namespace {

using nlohmann::ordered_json;

/// Sums of counters carry the noise of binary fractions below the nano-dollar, in which money is counted.
double usd(double sum) {
    return std::round(sum * 1e9) / 1e9;
}

std::int64_t whole(double count) {
    return std::llround(count);
}

struct ClassFigures {
    double requests = 0.0;
    double cost = 0.0;
    double baseline = 0.0;
    std::map<std::string, double> tiers;
};

struct Figures {
    double requests = 0.0;
    double cost = 0.0;
    double baseline = 0.0;
    double escalated = 0.0;
    std::map<std::string, double> outcomes;
    std::map<std::string, double> refused;
    std::map<std::string, double> cost_by_kind;
    std::map<std::string, ClassFigures> classes;
    ordered_json escalations = ordered_json::array();

    void add(const Series& series, double count);
};

void Figures::add(const Series& series, double count) {
    const std::vector<std::string>& label = series.labels;
    switch (series.counter) {
        case Counter::Requests:
            requests += count;
            outcomes[label[2]] += count;
            classes[label[0]].requests += count;
            classes[label[0]].tiers[label[1]] += count;
            break;
        case Counter::Cost:
            cost += count;
            cost_by_kind[label[2]] += count;
            classes[label[0]].cost += count;
            break;
        case Counter::Baseline:
            baseline += count;
            classes[label[0]].baseline += count;
            break;
        case Counter::Escalations:
            escalated += label[4] == "approved" ? count : 0.0;
            escalations.push_back({{"class", label[0]},
                                   {"from", label[1]},
                                   {"to", label[2]},
                                   {"reason", label[3]},
                                   {"verdict", label[4]},
                                   {"count", whole(count)}});
            break;
        case Counter::Refused:
            refused[label[0]] += count;
            break;
    }
}

ordered_json counts_json(const std::map<std::string, double>& counts) {
    ordered_json json = ordered_json::object();
    for (const auto& [name, count] : counts) {
        json[name] = whole(count);
    }
    return json;
}

ordered_json classes_json(const std::map<std::string, ClassFigures>& classes) {
    ordered_json json = ordered_json::array();
    for (const auto& [name, figures] : classes) {
        json.push_back({{"class", name},
                        {"requests", whole(figures.requests)},
                        {"tiers", counts_json(figures.tiers)},
                        {"cost_usd", usd(figures.cost)},
                        {"baseline_usd", usd(figures.baseline)}});
    }
    return json;
}

}  // namespace

ordered_json figures_of(const Counts& counts) {
    Figures figures;
    for (const auto& [series, count] : counts) {
        figures.add(series, count);
    }
    ordered_json kinds = ordered_json::object();
    for (const auto& [kind, cost] : figures.cost_by_kind) {
        kinds[kind] = usd(cost);
    }
    return {{"requests", whole(figures.requests)},
            {"outcomes", counts_json(figures.outcomes)},
            {"refused", counts_json(figures.refused)},
            {"cost_usd", usd(figures.cost)},
            {"baseline_usd", usd(figures.baseline)},
            {"saved_usd", usd(figures.baseline - figures.cost)},
            {"cost_by_kind", std::move(kinds)},
            {"escalated", whole(figures.escalated)},
            {"classes", classes_json(figures.classes)},
            {"escalations", std::move(figures.escalations)}};
}

}  // namespace tierway::admin
