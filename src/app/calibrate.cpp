#include "app/calibrate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/exit_codes.hpp"
#include "app/lab_inputs.hpp"
#include "tierway/base/text_table.hpp"
#include "tierway/config/policy_change.hpp"
#include "tierway/lab/advice.hpp"
#include "tierway/lab/calibration_fit.hpp"

namespace tierway::app {
namespace {

using nlohmann::ordered_json;

constexpr std::array kModes{lab::Mode::Cheap, lab::Mode::Climb, lab::Mode::Strong};

std::string percent(double share) {
    return fmt::format("{:.1f}", 100.0 * share);
}

double ratio(double value, double whole) {
    return whole > 0.0 ? value / whole : 1.0;
}

/// How a class must be written to be served as advised; empty: as it is.
std::optional<config::PolicyChange> change_of(const config::Snapshot& snapshot, const lab::Advice& advice,
                                              const lab::ClassAdvice& one) {
    const config::RequestClass& configured = snapshot.request_class(*snapshot.find_class(one.request_class));
    config::PolicyChange change{.request_class = one.request_class, .tier = {}, .escalates = one.mode == lab::Mode::Climb, .lambda = {}};
    if (one.mode == lab::Mode::Strong) {
        change.tier = snapshot.tier(configured.escalation->to).name;
    } else if (one.mode == lab::Mode::Climb) {
        const auto& gain = configured.escalation->gain;
        if (gain && gain->knob == config::GainKnob::Lambda && std::abs(gain->value - advice.lambda) < 5e-5) {
            return std::nullopt;
        }
        change.lambda = advice.lambda;
    }
    return change;
}

std::string words_of(const config::PolicyChange& change) {
    if (change.lambda) {
        return fmt::format("escalate: {{gain: {{lambda: {:.4f}}}}}", *change.lambda);
    }
    return (change.tier ? "tier: " + *change.tier + ", " : std::string()) + "without `escalate`";
}

ordered_json advice_json(const lab::Advice& advice, std::span<const decision::PairCalibration> pairs,
                         std::span<const config::PolicyChange> changes) {
    ordered_json json{{"lambda", advice.lambda},
                      {"quality_ratio", advice.quality_ratio},
                      {"cost_ratio", advice.cost_ratio},
                      {"reaches_quality", advice.reaches}};
    for (std::size_t i = 0; i < advice.classes.size(); ++i) {
        const lab::ClassAdvice& one = advice.classes[i];
        const decision::OutcomeTable& table = pairs[i].table;
        ordered_json& entry = json["classes"][one.request_class];
        entry = {{"rows", one.rows},        {"both", table.both},
                 {"only_cheap", table.only_cheap}, {"only_strong", table.only_strong},
                 {"neither", table.neither}, {"cheap", pairs[i].key.cheap},
                 {"strong", pairs[i].key.strong}, {"mode", lab::name_of(one.mode)}};
        for (const lab::Mode mode : kModes) {
            entry["modes"][std::string(lab::name_of(mode))] = {{"quality_ratio", ratio(one.of(mode).acceptable, one.strong.acceptable)},
                                                              {"cost_ratio", ratio(one.of(mode).usd, one.strong.usd)}};
        }
    }
    json["changes"] = ordered_json::array();
    for (const config::PolicyChange& change : changes) {
        json["changes"].push_back({{"class", change.request_class}, {"to", words_of(change)}});
    }
    return json;
}

void print_advice(const lab::Advice& advice, std::span<const decision::PairCalibration> pairs,
                  std::span<const config::PolicyChange> changes, double quality) {
    std::vector<std::vector<std::string>> lines{
        {"class", "rows", "both", "only cheap", "only strong", "neither", "", "mode", "kept %", "cost %", "climbed %"}};
    for (std::size_t i = 0; i < advice.classes.size(); ++i) {
        const lab::ClassAdvice& one = advice.classes[i];
        const decision::OutcomeTable& table = pairs[i].table;
        for (const lab::Mode mode : kModes) {
            std::vector<std::string> line(6);
            if (mode == kModes.front()) {
                line = {one.request_class, std::to_string(table.rows), std::to_string(table.both), std::to_string(table.only_cheap),
                        std::to_string(table.only_strong), std::to_string(table.neither)};
            }
            line.emplace_back(mode == one.mode ? ">" : "");
            line.emplace_back(lab::name_of(mode));
            line.push_back(percent(ratio(one.of(mode).acceptable, one.strong.acceptable)));
            line.push_back(percent(ratio(one.of(mode).usd, one.strong.usd)));
            line.push_back(mode == lab::Mode::Climb ? percent(one.climbed_share) : "-");
            lines.push_back(std::move(line));
        }
    }
    std::cout << text_table(lines, 1);
    std::cout << fmt::format("\nAt λ = {:.4f} acceptable answers per USD the marked modes keep {} % of the higher tiers' quality for {} % of their "
                             "cost (held-out rows).\n",
                             advice.lambda, percent(advice.quality_ratio), percent(advice.cost_ratio));
    if (!advice.reaches) {
        std::cout << fmt::format("No setting keeps {} %.\n", percent(quality));
    }
    for (const config::PolicyChange& change : changes) {
        std::cout << "  " << change.request_class << ": " << words_of(change) << '\n';
    }
    std::cout << (changes.empty() ? "The policy says so already.\n" : "These differ from the policy, which stays as it is.\n");
}

bool write_policy(const CalibrateOptions& options, std::span<const config::PolicyChange> changes, const std::string& calibration_file) {
    std::ifstream source(options.config_file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(source), {}};
    auto changed = config::change_policy(text, changes, calibration_file);
    if (!changed) {
        std::cerr << changed.error().message() << '\n';
        return false;
    }
    std::ofstream file(options.policy_file, std::ios::binary | std::ios::trunc);
    file << "# Written by `tierway calibrate`; comments of the policy it was made of are not kept.\n" << *changed << std::flush;
    if (!file) {
        std::cerr << "The policy cannot be written to " << options.policy_file << ".\n";
    }
    return static_cast<bool>(file);
}

}  // namespace

void add_calibrate(CLI::App& cli, CalibrateOptions& options, int& exit_code) {
    CLI::App& command = *cli.add_subcommand("calibrate", "Learn from recorded outcomes what climbing gains, and how each class is served best");
    command.add_option("-c,--config", options.config_file, "The configuration file (docs/configuration.md)")
        ->type_name("FILE")
        ->required();
    command.add_option("--data", options.data_files, "Files of recorded outcomes, one JSON object a line (docs/learning.md)")
        ->type_name("FILE")
        ->required();
    command.add_option("--out", options.out_file, "Where the calibration goes; without it: `calibration.file` of the configuration")
        ->type_name("FILE");
    command.add_option("--quality", options.quality, "The share of the higher tiers' quality that is to be kept")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command.add_option("--policy", options.policy_file, "Write the configuration as it is advised here")->type_name("FILE");
    command.add_option("--seed", options.seed, "Of the inner folds")->capture_default_str();
    command.add_flag("--json", options.json, "Print JSON");
    command.callback([&] { exit_code = calibrate(options); });
}

int calibrate(const CalibrateOptions& options) {
    const auto inputs = read_lab_inputs(options.config_file, options.data_files);
    if (!inputs) {
        return kWrongUsage;
    }
    const config::Snapshot& snapshot = *inputs->core.snapshot;
    const std::string out = options.out_file.empty() ? snapshot.calibration_file : options.out_file;
    if (out.empty()) {
        std::cerr << "Say where the calibration goes: --out FILE, or `calibration: {file: …}` in the configuration.\n";
        return kWrongUsage;
    }
    std::vector<const lab::Outcome*> rows;
    for (const lab::Outcome& row : inputs->outcomes) {
        rows.push_back(&row);
    }
    const decision::CalibrationPtr calibration = lab::fit_calibration(inputs->core, rows, options.seed);
    if (calibration->pairs().empty()) {
        std::cerr << "Nothing was learnt: no row is of a class that escalates and holds the answers of its models.\n";
        return kFailed;
    }
    if (const auto written = calibration->write(out); !written) {
        std::cerr << out << ": " << written.error().message() << '\n';
        return kFailed;
    }
    const lab::Advice advice = lab::advise(calibration->pairs(), options.quality);
    std::vector<config::PolicyChange> changes;
    for (const lab::ClassAdvice& one : advice.classes) {
        if (auto change = change_of(snapshot, advice, one)) {
            changes.push_back(*std::move(change));
        }
    }
    if (options.json) {
        std::cout << advice_json(advice, calibration->pairs(), changes).dump(2) << '\n';
    } else {
        print_advice(advice, calibration->pairs(), changes, options.quality);
    }
    if (!options.policy_file.empty()) {
        const std::filesystem::path folder = std::filesystem::path(options.policy_file).parent_path();
        const std::string named = std::filesystem::proximate(out, folder.empty() ? "." : folder).string();
        if (!write_policy(options, changes, named)) {
            return kFailed;
        }
    }
    return advice.reaches ? kFine : kFailed;
}

}  // namespace tierway::app
