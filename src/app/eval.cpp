#include "app/eval.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iostream>

#include "app/exit_codes.hpp"
#include "app/lab_inputs.hpp"
#include "tierway/lab/calibration_fit.hpp"
#include "tierway/lab/evaluation_run.hpp"
#include "tierway/lab/replay.hpp"

namespace tierway::app {
namespace {

constexpr std::size_t kProgressEvery = 500;

/// Empty and told why when a bar is not one.
std::optional<lab::Bars> read_bars(const config::Snapshot& snapshot, const std::vector<std::string>& texts) {
    lab::Bars bars;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        const std::string name = equals == std::string::npos ? "" : text.substr(0, equals);
        const char* const begin = text.data() + (equals == std::string::npos ? 0 : equals + 1);
        double bar = 0.0;
        const auto [end, error] = std::from_chars(begin, text.data() + text.size(), bar);
        if (error != std::errc() || end != text.data() + text.size() || !(bar >= 0.0 && bar <= 1.0)) {
            std::cerr << "--bars " << text << ": must be a share from 0 to 1, as `0.97` or `math=0.97`.\n";
            return std::nullopt;
        }
        if (!name.empty() && !snapshot.find_class(name)) {
            std::cerr << "--bars " << text << ": there is no class `" << name << "`.\n";
            return std::nullopt;
        }
        for (const config::RequestClass& request_class : snapshot.classes) {
            if (name.empty() || request_class.name == name) {
                bars[request_class.name] = bar;
            }
        }
    }
    return bars;
}

/// How far the work is, on a terminal only.
class Progress {
public:
    explicit Progress(std::size_t rows) : rows_(rows), shown_(isatty(STDERR_FILENO) == 1) {}
    ~Progress() {
        if (shown_) {
            std::cerr << "\r\033[K" << std::flush;
        }
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void operator()(std::size_t done) const {
        if (shown_ && (done % kProgressEvery == 0 || done == rows_)) {
            std::cerr << "\rReplayed " << done << " of " << rows_ << " rows" << std::flush;
        }
    }

private:
    std::size_t rows_;
    bool shown_;
};

/// Each fold by what was learnt of the others, or every row by the calibration as it is configured.
Result<lab::Replay> replayed(lab::DecisionCore core, const std::vector<lab::Outcome>& rows, const EvalOptions& options) {
    const Progress progress(rows.size());
    const auto note = [&](std::size_t done) { progress(done); };
    if (options.folds == 0) {
        auto gains = decision::GainPolicy::load(*core.snapshot);
        if (!gains) {
            return gains.error();
        }
        core.gains = std::move(*gains);
        return lab::replay_all(core, rows, note);
    }
    const auto fit = [&](std::span<const lab::Outcome* const> training) -> Result<lab::DecisionCore> {
        auto gains = decision::GainPolicy::make(*core.snapshot, lab::fit_calibration(core, training, options.seed));
        if (!gains) {
            return gains.error();
        }
        return lab::DecisionCore{core.snapshot, core.classifier, *std::move(gains)};
    };
    return lab::replay_folds(fit, rows, options.folds, options.seed, note);
}

bool write_rows(const std::string& path, const config::Snapshot& snapshot, const std::vector<lab::Outcome>& outcomes,
                const lab::Replay& replay) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    for (const lab::ReplayedRow& row : replay.rows) {
        file << lab::row_json(snapshot, outcomes[row.row].id, row);
    }
    file.flush();
    if (!file) {
        std::cerr << "The rows cannot be written to " << path << ".\n";
    }
    return static_cast<bool>(file);
}

bool write_page(const std::string& path, const lab::EvaluationRun& run) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << lab::evaluation_page(run) << std::flush;
    if (!file) {
        std::cerr << "The report cannot be written to " << path << ".\n";
    }
    return static_cast<bool>(file);
}

}  // namespace

void add_eval(CLI::App& cli, EvalOptions& options, int& exit_code) {
    CLI::App& command = *cli.add_subcommand("eval", "What a configuration would cost and how well it would answer, on recorded outcomes");
    command.add_option("-c,--config", options.config_file, "The configuration file (docs/configuration.md)")
        ->type_name("FILE")
        ->required();
    command.add_option("--data", options.data_files, "Files of recorded outcomes, one JSON object a line (docs/learning.md)")
        ->type_name("FILE")
        ->required();
    command.add_option("--folds", options.folds,
                       "Cross-validate: calibrate anew for each of so many folds, on the other folds; 0: as it is configured")
        ->check(CLI::IsMember({0, 2, 3, 4, 5, 6, 7, 8, 9, 10}))
        ->capture_default_str();
    command.add_option("--seed", options.seed, "Of folds, intervals and the shuffled control")->capture_default_str();
    command.add_option("--bars", options.bars, "Quality bars in place of the configuration's: math=0.97, or 0.97 for every class")
        ->delimiter(',');
    command.add_option("--rows", options.rows_file, "Write what became of every row here, as JSON lines")->type_name("FILE");
    command.add_option("--report", options.report_file, "Write a page for a browser here")->type_name("FILE");
    command.add_flag("--json", options.json, "Print JSON");
    command.callback([&] { exit_code = eval(options); });
}

int eval(const EvalOptions& options) {
    const auto inputs = read_lab_inputs(options.config_file, options.data_files);
    if (!inputs) {
        return kWrongUsage;
    }
    const lab::DecisionCore& core = inputs->core;
    const std::vector<lab::Outcome>& outcomes = inputs->outcomes;
    const auto bars = read_bars(*core.snapshot, options.bars);
    if (!bars) {
        return kWrongUsage;
    }
    const auto replayed_rows = replayed(core, outcomes, options);
    if (!replayed_rows) {
        std::cerr << replayed_rows.error().message() << '\n';
        return kWrongUsage;
    }
    const lab::Replay& replay = *replayed_rows;
    lab::EvaluationRun run;
    run.snapshot = core.snapshot;
    run.set = lab::evaluate(*core.snapshot, replay.rows, *bars, options.seed);
    run.files = options.data_files;
    run.rows_read = outcomes.size();
    run.passed_over = lab::reasons_of(replay.passed_over);
    run.folds = options.folds;
    run.refitted = options.folds > 0;
    run.seed = options.seed;
    run.evaluated_at = std::chrono::system_clock::now();
    std::cout << (options.json ? lab::evaluation_json(run) : lab::evaluation_text(run)) << std::flush;
    if (!options.rows_file.empty() && !write_rows(options.rows_file, *core.snapshot, outcomes, replay)) {
        return kFailed;
    }
    if (!options.report_file.empty() && !write_page(options.report_file, run)) {
        return kFailed;
    }
    return replay.rows.empty() || !run.set.meets_bars() ? kFailed : kFine;
}

}  // namespace tierway::app
