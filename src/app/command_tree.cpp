#include "app/command_tree.hpp"

#include <CLI/CLI.hpp>

namespace tierway::app {
namespace {

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t end = text.find(at); end != std::string::npos; end = text.find(at, begin)) {
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    parts.push_back(text.substr(begin));
    return parts;
}

OptionDescription describe(const CLI::Option& option) {
    OptionDescription described;
    for (const std::string& name : option.get_snames()) {
        described.names.push_back('-' + name);
    }
    for (const std::string& name : option.get_lnames()) {
        described.names.push_back("--" + name);
    }
    described.purpose = option.get_description();
    described.required = option.get_required();
    if (option.get_type_size_max() > 0) {
        // What follows the colon is the condition that values are checked against.
        const std::string type = split(option.get_type_name(), ':').front();
        if (type.find('|') != std::string::npos) {
            described.choices = split(type, '|');
        }
        described.takes_file = type == "FILE";
        described.value = option.get_positional() ? option.get_name(true) : type;
        described.default_value = option.get_default_str();
        described.repeated = option.get_items_expected_max() > 1;
    }
    return described;
}

}  // namespace

CommandDescription describe(const CLI::App& app) {
    CommandDescription described;
    described.name = app.get_name();
    described.purpose = app.get_description();
    for (const CLI::Option* option : app.get_options()) {
        described.options.push_back(describe(*option));
    }
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        described.commands.push_back(describe(*command));
    }
    return described;
}

}  // namespace tierway::app
