#include <malloc.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <map>

#include "app/calibrate.hpp"
#include "app/check.hpp"
#include "app/completion.hpp"
#include "app/demo.hpp"
#include "app/eval.hpp"
#include "app/exit_codes.hpp"
#include "app/explain.hpp"
#include "app/export_outcomes.hpp"
#include "app/health.hpp"
#include "app/import_litellm.hpp"
#include "app/keys.hpp"
#include "app/report.hpp"
#include "app/serve.hpp"
#include "app/simulate.hpp"
#include "app/train.hpp"

namespace {

using namespace tierway::app;

void add_config_option(CLI::App& command, std::string& file) {
    command.add_option("-c,--config", file, "The configuration file (docs/configuration.md)")->type_name("FILE")->required();
}

void add_train_command(CLI::App& cli, TrainClassifierOptions& options, int& exit_code) {
    CLI::App& train_command = *cli.add_subcommand("train", "Learn from recorded data (docs/learning.md)");
    train_command.require_subcommand(1);
    CLI::App& command = *train_command.add_subcommand("classifier", "Learn request classes from labelled prompts");
    command.add_option("--data", options.data_file, "JSON lines with `id`, `class` and `prompt` or `messages`")
        ->type_name("FILE")
        ->required();
    command.add_option("--out", options.out_file, "Where the model goes")->type_name("FILE")->required();
    command.add_option("--field", options.field, "The member of a row that holds its class")->capture_default_str();
    command.add_option("--classes", options.classes_file, "A JSON object of new names for classes (default: as labelled)")
        ->type_name("FILE");
    command.add_option("--origin", options.origin, "Use only rows of this `origin`");
    command.add_option("--judge-origin", options.judge_origin, "Score only rows of this `origin`; train with all");
    command.add_option("--groups", options.groups_file, "A JSON object of classes to merge in a second table of scores")
        ->type_name("FILE");
    command.add_option("--folds", options.folds, "Of the cross-validation")->capture_default_str();
    command.add_option("--min-confidence", options.min_confidence, "At which coverage is reported")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    auto* card = command.add_option("--card", options.card_file, "Write a model card in Markdown here")->type_name("FILE");
    command.add_option("--notes", options.notes_file, "Markdown that the card begins with")->type_name("FILE")->needs(card);
    command.add_flag("--json", options.json, "Print JSON");
    command.callback([&options, &exit_code] { exit_code = train_classifier(options); });
}

void add_import_command(CLI::App& cli, ImportLitellmOptions& options, int& exit_code) {
    CLI::App& import_command = *cli.add_subcommand("import", "Translate the configuration of another gateway (docs/importing.md)");
    import_command.require_subcommand(1);
    CLI::App& command = *import_command.add_subcommand("litellm", "Of the LiteLLM proxy; the report goes to standard error");
    command.add_option("FILE", options.file, "Its config.yaml")->type_name("FILE")->required();
    command.add_option("-o,--out", options.out_file, "Where the configuration goes (default: standard output)")->type_name("FILE");
    command.add_flag("--json", options.json, "Report as JSON");
    command.callback([&options, &exit_code] { exit_code = import_litellm(options); });
}

int run(int argc, char** argv) {
    CLI::App cli{"Tierway sends each LLM request to the cheapest model that can answer it well, and says which one did.", "tierway"};
    cli.require_subcommand(1);
    cli.set_version_flag("--version", TIERWAY_VERSION);
    int exit_code = kFine;

    ServeOptions serve_options;
    CLI::App& serve_command = *cli.add_subcommand("serve", "Serve a configuration until SIGTERM; SIGHUP reloads it");
    add_config_option(serve_command, serve_options.config_file);
    serve_command
        .add_option("--ready-file", serve_options.ready_file, "Write the bound addresses here, as JSON, once everything listens")
        ->type_name("FILE");
    serve_command.callback([&] { exit_code = serve(serve_options); });

    std::string check_file;
    bool check_json = false;
    CLI::App& check_command = *cli.add_subcommand("check", "Report every problem of a configuration at once");
    add_config_option(check_command, check_file);
    check_command.add_flag("--json", check_json, "Report as JSON");
    check_command.callback([&] { exit_code = check(check_file, check_json); });

    ExplainOptions explain_options;
    CLI::App& explain_command = *cli.add_subcommand("explain", "Show what would happen to a request; nothing is called");
    add_config_option(explain_command, explain_options.config_file);
    auto* prompt = explain_command.add_option("PROMPT", explain_options.prompt, "What the user asks");
    auto* request =
        explain_command
            .add_option("--request", explain_options.request_file, "A file with a whole request body, or - for standard input")
            ->type_name("FILE");
    request->excludes(prompt);
    explain_command
        .add_option("--door", explain_options.door, "The API that the request file is worded in: chat, responses or messages")
        ->transform(CLI::CheckedTransformer(std::map<std::string, tierway::dialect::Dialect>{
                                                {"chat", tierway::dialect::Dialect::Chat},
                                                {"responses", tierway::dialect::Dialect::Responses},
                                                {"messages", tierway::dialect::Dialect::Anthropic}})
                        .description(""))
        ->type_name("chat|responses|messages")
        ->needs(request);
    explain_command.add_option("--class", explain_options.declared_class, "A declared class, as the header x-tierway-class");
    explain_command.add_option("--model", explain_options.model, "The model that the PROMPT asks for")->capture_default_str();
    explain_command.add_option("--key", explain_options.key_id,
                               "The id of the key that asks; without it nothing limits the caller");
    explain_command.add_flag("--json", explain_options.json, "Print JSON");
    explain_command.callback([&] {
        if (prompt->count() + request->count() == 0) {
            throw CLI::RequiredError("PROMPT or --request");
        }
        exit_code = explain(explain_options);
    });

    EvalOptions eval_options;
    add_eval(cli, eval_options, exit_code);

    ExportOptions export_options;
    add_export(cli, export_options, exit_code);

    NewKeyOptions new_key_options;
    CLI::App& keys_command = *cli.add_subcommand("keys", "Client keys (docs/keys.md)");
    keys_command.require_subcommand(1);
    CLI::App& new_key_command =
        *keys_command.add_subcommand("new", "Make a key: shown once, and its entry for the configuration");
    new_key_command.add_option("--id", new_key_options.id, "The name that records and reports show for it; else one is made up");
    new_key_command.add_option("--team", new_key_options.team, "The team that it belongs to");
    new_key_command.add_flag("--json", new_key_options.json, "Print JSON");
    new_key_command.callback([&] { exit_code = new_key(new_key_options); });

    DemoOptions demo_options;
    CLI::App& demo_command =
        *cli.add_subcommand("demo", "Three simulated tiers and the gateway on loopback; nothing to configure");
    demo_command.add_option("--listen", demo_options.listen, "Where the gateway listens")->capture_default_str();
    demo_command.add_option("--admin", demo_options.admin, "Where the admin plane listens")->capture_default_str();
    demo_command
        .add_option("--ready-file", demo_options.ready_file, "Write the bound addresses here, as JSON, once everything listens")
        ->type_name("FILE");
    demo_command.callback([&] { exit_code = demo(demo_options); });

    SimulateOptions simulate_options;
    CLI::App& simulate_command = *cli.add_subcommand("simulate", "Simulated upstreams alone (docs/simulator.md)");
    simulate_command.add_option("--listen", simulate_options.listen, "Where they listen")->capture_default_str();
    simulate_command
        .add_option("--ready-file", simulate_options.ready_file, "Write the bound address here, as JSON, once it listens")
        ->type_name("FILE");
    simulate_command
        .add_option("--replay", simulate_options.replay_files, "Give the recorded answers of these outcome files again instead of making some up")
        ->type_name("FILE");
    simulate_command.callback([&] { exit_code = simulate(simulate_options); });

    ReportOptions report_options;
    CLI::App& report_command = *cli.add_subcommand("report", "What was spent, and what the frontier would have cost");
    auto* report_config =
        report_command.add_option("-c,--config", report_options.config_file, "A configuration with a `store`")->type_name("FILE");
    auto* ledger = report_command.add_option("--ledger", report_options.ledger_file, "The ledger's file itself")->type_name("FILE");
    ledger->excludes(report_config);
    report_command
        .add_option("--by", report_options.question.by, "class, tier, model, key, team, day, purpose (default: the first three)")
        ->delimiter(',');
    report_command.add_option("--since", report_options.question.since, "The first day, as 2026-11-01 (default: 29 days ago)");
    report_command.add_option("--until", report_options.question.until, "The last day (default: today)");
    report_command.add_option("--time-zone", report_options.question.time_zone, "Whose days (default: UTC)");
    auto* json = report_command.add_flag("--json", report_options.json, "Print JSON");
    report_command.add_flag("--csv", report_options.csv, "Print CSV")->excludes(json);
    report_command.callback([&] {
        if (report_config->count() + ledger->count() == 0) {
            throw CLI::RequiredError("--config or --ledger");
        }
        exit_code = report(report_options);
    });

    ImportLitellmOptions import_options;
    add_import_command(cli, import_options, exit_code);

    CalibrateOptions calibrate_options;
    add_calibrate(cli, calibrate_options, exit_code);

    TrainClassifierOptions train_options;
    add_train_command(cli, train_options, exit_code);

    HealthOptions health_options;
    add_health(cli, health_options, exit_code);

    add_completion(cli);
    add_manual(cli);

    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? kFine : kWrongUsage;
    }
    return exit_code;
}

/// Workers allocate and free the same sizes for ever. By default glibc gives memory back after each large body and faults it in
/// again for the next, which costs more than handling the body does; the price is that memory stays at its high-water mark.
void keep_freed_memory() {
    constexpr int kKept = 256 << 20;
    constexpr int kLarge = 32 << 20;
    mallopt(M_TRIM_THRESHOLD, kKept);
    mallopt(M_MMAP_THRESHOLD, kLarge);
}

}  // namespace

int main(int argc, char** argv) {
    keep_freed_memory();
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "tierway: " << error.what() << '\n';
        return kFailed;
    }
}
