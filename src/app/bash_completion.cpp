#include <fmt/format.h>

#include <map>

#include "app/shell_completion.hpp"

namespace tierway::app {
namespace {

/// Finds out which command is being written: `path` is "" or, say, "train classifier". A value with `=` before it comes as three
/// words, because bash divides words there.
constexpr std::string_view kBegin = R"(    local current previous path= i
    COMPREPLY=()
    current=${COMP_WORDS[COMP_CWORD]}
    previous=${COMP_WORDS[COMP_CWORD - 1]}
    if [ "$current" = = ]; then
        current=
    elif [ "$previous" = = ] && [ "$COMP_CWORD" -gt 1 ]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$path ${COMP_WORDS[i]}" in
)";

constexpr std::string_view kFiles = R"(compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$current"))";

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    return fmt::format("{}", fmt::join(words, between));
}

/// One arm for each command with commands of its own, to walk down the path.
void add_paths(std::string& script, const CommandDescription& command, const std::string& path) {
    for (const CommandDescription& next : command.commands) {
        script += fmt::format("            '{} {}') path='{}' ;;\n", path, next.name, path.empty() ? next.name : path + ' ' + next.name);
    }
    for (const CommandDescription& next : command.commands) {
        add_paths(script, next, path.empty() ? next.name : path + ' ' + next.name);
    }
}

/// What may follow an option that takes a value: its completion, and the options that have it.
using ValueArms = std::map<std::string, std::vector<std::string>>;

void collect_values(ValueArms& arms, const CommandDescription& command, const std::string& path) {
    for (const OptionDescription& option : command.options) {
        std::string action = ":";
        if (option.takes_file) {
            action = kFiles;
        } else if (!option.choices.empty()) {
            action = fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$current\")", joined(option.choices, " "));
        }
        for (const std::string& name : option.names) {
            if (!option.value.empty()) {
                arms[action].push_back(fmt::format("'{} {}'", path, name));
            }
        }
    }
    for (const CommandDescription& next : command.commands) {
        collect_values(arms, next, path.empty() ? next.name : path + ' ' + next.name);
    }
}

/// One arm for each command: the words that may stand in it, and whether files may.
void add_words(std::string& script, const CommandDescription& command, const std::string& path) {
    std::vector<std::string> words;
    bool files = false;
    for (const CommandDescription& next : command.commands) {
        words.push_back(next.name);
    }
    for (const OptionDescription& option : command.options) {
        words.insert(words.end(), option.names.begin(), option.names.end());
        if (option.names.empty()) {
            words.insert(words.end(), option.choices.begin(), option.choices.end());
            files = files || option.takes_file;
        }
    }
    script += fmt::format("        '{}') words='{}'{} ;;\n", path, joined(words, " "), files ? " files=yes" : "");
    for (const CommandDescription& next : command.commands) {
        add_words(script, next, path.empty() ? next.name : path + ' ' + next.name);
    }
}

}  // namespace

std::string bash_completion(const CommandDescription& program) {
    std::string script = fmt::format("# Completion of {0} for bash, written by `{0} completion bash`.\n_{0}()\n{{\n", program.name);
    script += kBegin;
    add_paths(script, program, "");
    script += "        esac\n    done\n    case \"$path $previous\" in\n";
    ValueArms arms;
    collect_values(arms, program, "");
    for (const auto& [action, patterns] : arms) {
        script += fmt::format("        {})\n            {}\n            return ;;\n", joined(patterns, " | "), action);
    }
    script += "    esac\n    local words= files=\n    case \"$path\" in\n";
    add_words(script, program, "");
    script += R"(    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    if [ -n "$files" ] && [ "${current#-}" = "$current" ]; then
        compopt -o filenames
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
    fi
}
)";
    return script + fmt::format("complete -F _{0} {0}\n", program.name);
}

}  // namespace tierway::app
