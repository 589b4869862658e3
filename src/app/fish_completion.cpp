#include <fmt/format.h>

#include "app/shell_completion.hpp"

namespace tierway::app {
namespace {

std::string escaped(std::string_view text) {
    std::string written;
    for (const char c : text) {
        if (c == '\'' || c == '\\') {
            written += '\\';
        }
        written += c;
    }
    return written;
}

/// Holds where exactly the command at the end of `path` is being written. \param path its words, without the program's.
std::string condition_of(const std::vector<std::string>& path, const CommandDescription& command) {
    std::vector<std::string> conditions;
    for (const std::string& word : path) {
        conditions.push_back("__fish_seen_subcommand_from " + word);
    }
    std::string names;
    for (const CommandDescription& next : command.commands) {
        names += ' ' + next.name;
    }
    if (!names.empty()) {
        conditions.push_back("not __fish_seen_subcommand_from" + names);
    }
    return fmt::format("{}", fmt::join(conditions, "; and "));
}

std::string line_of(const OptionDescription& option) {
    std::string line;
    for (const std::string& name : option.names) {
        line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (!option.choices.empty()) {
        line += fmt::format(" {} '{}'", option.names.empty() ? "-a" : "-xa", fmt::join(option.choices, " "));
    } else if (option.takes_file) {
        line += option.names.empty() ? " -F" : " -rF";
    } else if (!option.value.empty() && !option.names.empty()) {
        line += " -x";
    }
    return line.empty() ? line : line + fmt::format(" -d '{}'", escaped(option.purpose));
}

void add_command(std::string& script, const std::string& program, const CommandDescription& command, std::vector<std::string> path) {
    const std::string begin = fmt::format("complete -c {} -n '{}'", program, condition_of(path, command));
    for (const CommandDescription& next : command.commands) {
        script += fmt::format("{} -a {} -d '{}'\n", begin, next.name, escaped(next.purpose));
    }
    for (const OptionDescription& option : command.options) {
        if (const std::string line = line_of(option); !line.empty()) {
            script += begin + line + '\n';
        }
    }
    for (const CommandDescription& next : command.commands) {
        path.push_back(next.name);
        add_command(script, program, next, path);
        path.pop_back();
    }
}

}  // namespace

std::string fish_completion(const CommandDescription& program) {
    std::string script = fmt::format("# Completion of {0} for fish, written by `{0} completion fish`.\ncomplete -c {0} -f\n", program.name);
    add_command(script, program.name, program, {});
    return script;
}

}  // namespace tierway::app
