#include <fmt/format.h>

#include "app/shell_completion.hpp"

namespace tierway::app {
namespace {

/// For text within single quotes, in which `special` characters have a meaning for the completion's own functions.
std::string escaped(std::string_view text, std::string_view special) {
    std::string written;
    for (const char c : text) {
        if (c == '\'') {
            written += R"('\'')";
            continue;
        }
        if (c == '\\' || special.find(c) != std::string_view::npos) {
            written += '\\';
        }
        written += c;
    }
    return written;
}

std::string action_of(const OptionDescription& option) {
    if (option.takes_file) {
        return "_files";
    }
    return option.choices.empty() ? " " : fmt::format("({})", fmt::join(option.choices, " "));
}

/// The lines of `_arguments` that describe a command's options and arguments.
void add_options(std::string& script, const CommandDescription& command) {
    for (const OptionDescription& option : command.options) {
        const std::string value =
            option.value.empty() ? "" : fmt::format(":{}:{}", escaped(option.value, ":"), action_of(option));
        if (option.names.empty()) {
            script += fmt::format("        '{}{}' \\\n", option.repeated ? "*:" : ":",
                                  fmt::format("{}:{}", escaped(option.value, ":"), action_of(option)));
            continue;
        }
        const std::string others = option.repeated ? "*" : fmt::format("({})", fmt::join(option.names, " "));
        for (const std::string& name : option.names) {
            // A long option may have its value after `=` as well.
            const bool assignable = !option.value.empty() && name.starts_with("--");
            script += fmt::format("        '{}{}{}[{}]{}' \\\n", others, name, assignable ? "=" : "",
                                  escaped(option.purpose, "[]"), value);
        }
    }
}

std::string function_of(const std::string& path) {
    std::string name = '_' + path;
    for (char& c : name) {
        c = c == ' ' ? '_' : c;
    }
    return name;
}

void add_function(std::string& script, const CommandDescription& command, const std::string& path) {
    for (const CommandDescription& next : command.commands) {
        add_function(script, next, path + ' ' + next.name);
    }
    script += fmt::format("{}() {{\n", function_of(path));
    if (command.commands.empty()) {
        script += "    _arguments -s -S \\\n";
        add_options(script, command);
        script += "        && return\n}\n\n";
        return;
    }
    script += "    local context state state_descr line\n    typeset -A opt_args\n    _arguments -C \\\n";
    add_options(script, command);
    script += "        '1:command:->command' \\\n        '*::argument:->argument' && return\n    case $state in\n"
              "        command)\n            local -a commands=(\n";
    for (const CommandDescription& next : command.commands) {
        script += fmt::format("                '{}:{}'\n", next.name, escaped(next.purpose, ":"));
    }
    script += "            )\n            _describe -t commands command commands ;;\n        argument)\n            case $line[1] in\n";
    for (const CommandDescription& next : command.commands) {
        script += fmt::format("                {}) {} ;;\n", next.name, function_of(path + ' ' + next.name));
    }
    script += "            esac ;;\n    esac\n}\n\n";
}

}  // namespace

std::string zsh_completion(const CommandDescription& program) {
    std::string script = fmt::format("#compdef {0}\n# Completion of {0} for zsh, written by `{0} completion zsh`.\n\n", program.name);
    add_function(script, program, program.name);
    // Called where the shell loads it by its file's name, made known where it is sourced.
    return script + fmt::format("if [ \"$funcstack[1]\" = _{0} ]; then\n    _{0} \"$@\"\nelse\n    compdef _{0} {0}\nfi\n", program.name);
}

}  // namespace tierway::app
