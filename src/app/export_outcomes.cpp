#include "app/export_outcomes.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "app/exit_codes.hpp"
#include "app/serve.hpp"
#include "tierway/config/load.hpp"
#include "tierway/lab/outcome.hpp"

namespace tierway::app {
namespace {

using nlohmann::ordered_json;

struct Counts {
    std::map<std::string, std::size_t> rows;  ///< By class.
    std::size_t broken = 0;
    std::size_t doubled = 0;
    std::size_t without_text = 0;
};

std::string line_of(const lab::Outcome& outcome) {
    ordered_json row{{"id", outcome.id},
                     {"suite", outcome.suite},
                     {"class", outcome.request_class},
                     {"category", outcome.category},
                     {"prompt", outcome.prompt}};
    for (const auto& [model, answer] : outcome.answers) {
        ordered_json& written = row["answers"][model];
        written = {{"acceptable", answer.acceptable ? 1 : 0},
                   {"prompt_tokens", answer.prompt_tokens},
                   {"completion_tokens", answer.completion_tokens}};
        if (!answer.text.empty()) {
            written["text"] = answer.text;
        }
        if (!answer.final_answer.empty()) {
            written["final"] = answer.final_answer;
        }
    }
    return row.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

bool has_text(const lab::Outcome& outcome) {
    for (const auto& [model, answer] : outcome.answers) {
        if (!answer.text.empty()) {
            return true;
        }
    }
    return false;
}

void copy_rows(std::istream& in, std::ostream& out, Counts& counts) {
    wire::JsonParser parser;
    std::set<std::string> seen;
    for (std::string line; std::getline(in, line);) {
        const auto outcome = lab::read_outcome(line, parser);
        if (!outcome) {
            ++counts.broken;
        } else if (!seen.insert(outcome->id).second) {
            ++counts.doubled;
        } else {
            ++counts.rows[outcome->request_class];
            counts.without_text += has_text(*outcome) ? 0 : 1;
            out << line_of(*outcome) << '\n';
        }
    }
}

void tell(const Counts& counts) {
    for (const auto& [request_class, rows] : counts.rows) {
        std::cerr << request_class << ": " << rows << " rows\n";
    }
    if (counts.broken > 0) {
        std::cerr << counts.broken << " lines are no rows and were left out.\n";
    }
    if (counts.doubled > 0) {
        std::cerr << counts.doubled << " rows repeat an id and were left out.\n";
    }
    if (counts.without_text > 0) {
        std::cerr << counts.without_text << " rows hold no text (`shadow.keep_text` was false): they tell of quality and tokens, and cannot be "
                                            "classified or judged again.\n";
    }
}

}  // namespace

void add_export(CLI::App& cli, ExportOptions& options, int& exit_code) {
    CLI::App& group = *cli.add_subcommand("export", "Take out what was collected");
    group.require_subcommand(1);
    CLI::App& command = *group.add_subcommand("outcomes", "What `shadow` learnt of one's own traffic, as recorded outcomes for `tierway eval`");
    command.add_option("-c,--config", options.config_file, "The configuration file (docs/configuration.md)")
        ->type_name("FILE")
        ->required();
    command.add_option("--out", options.out_file, "Where they go (default: standard output)")->type_name("FILE");
    command.callback([&] { exit_code = export_outcomes(options); });
}

int export_outcomes(const ExportOptions& options) {
    const config::LoadResult loaded =
        config::load_file(options.config_file, config::PriceCatalogue::built_in(), config::process_environment());
    if (!loaded.snapshot) {
        print_problems(loaded);
        return kWrongUsage;
    }
    if (!loaded.snapshot->shadow || loaded.snapshot->shadow->file.empty()) {
        std::cerr << options.config_file << " collects no outcomes: write `shadow: {share: 0.02, usd_per_day: 1.0, file: \"shadow.jsonl\"}`.\n";
        return kWrongUsage;
    }
    const std::string& file = loaded.snapshot->shadow->file;
    std::ifstream in(file);
    if (!in) {
        std::cerr << file << " cannot be read: nothing has been collected yet, or it may not be opened.\n";
        return kFailed;
    }
    std::ofstream out_file;
    if (!options.out_file.empty()) {
        out_file.open(options.out_file, std::ios::trunc);
        if (!out_file) {
            std::cerr << options.out_file << " cannot be written.\n";
            return kFailed;
        }
    }
    std::ostream& out = options.out_file.empty() ? std::cout : out_file;
    Counts counts;
    copy_rows(in, out, counts);
    out.flush();
    tell(counts);
    if (!out) {
        std::cerr << "The rows could not be written to their end.\n";
        return kFailed;
    }
    return counts.rows.empty() ? kFailed : kFine;
}

}  // namespace tierway::app
