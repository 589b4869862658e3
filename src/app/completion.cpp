#include "app/completion.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "app/command_tree.hpp"
#include "app/manual_page.hpp"
#include "app/shell_completion.hpp"

namespace tierway::app {

void add_completion(CLI::App& cli) {
    CLI::App& command = *cli.add_subcommand("completion", "Print a script that completes this command line in a shell");
    const auto shell = std::make_shared<std::string>();
    command.add_option("SHELL", *shell, "The shell that is to run it")
        ->type_name("bash|zsh|fish")
        ->required()
        ->check(CLI::Validator(CLI::IsMember({"bash", "zsh", "fish"})).description(""));
    command.callback([&cli, shell] {
        static const std::map<std::string, std::function<std::string(const CommandDescription&)>> writers{
            {"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}};
        std::cout << writers.at(*shell)(describe(cli));
    });
}

void add_manual(CLI::App& cli) {
    CLI::App& command = *cli.add_subcommand("manual", "Print the manual page: tierway manual | man -l -");
    command.callback([&cli] { std::cout << manual_page(describe(cli), TIERWAY_VERSION); });
}

}  // namespace tierway::app
