#include "app/manual_page.hpp"

#include <fmt/format.h>

namespace tierway::app {
namespace {

/// What the command line does not know of itself.
constexpr std::string_view kEnd = R"(.SH SIGNALS
.TP
.B SIGTERM\fR, \fBSIGINT
End well: be no longer ready, let live requests finish within \fBserver.drain_timeout\fR. A second one ends at once.
.TP
.B SIGHUP
Load the configuration anew. When anything is wrong with it, the old one stays.
.SH EXIT STATUS
.TP
.B 0
All is well.
.TP
.B 1
Something failed, or what was examined does not hold.
.TP
.B 2
The command line, the configuration or a file is wrong.
.SH ENVIRONMENT
The configuration takes keys and other secrets from the environment, where it names variables as \fB${NAME}\fR.
Keys of known providers are found by themselves, such as \fBOPENAI_API_KEY\fR.
.SH FILES
.TP
.I /etc/tierway/tierway.yaml
The configuration that the system's service serves.
.TP
.I /etc/tierway/environment
Its environment, for secrets.
.TP
.I /var/lib/tierway
Where the service runs and keeps what it learns and counts.
.TP
.I /usr/share/tierway
Examples of configurations, the learnt classifier, the price catalogue.
.TP
.I /usr/share/doc/tierway
All that there is to read.
.SH EXAMPLES
.EX
tierway demo
tierway check -c tierway.yaml
tierway serve -c tierway.yaml
tierway explain -c tierway.yaml "Extract the dates"
.EE
)";

/// For the text of a line: hyphens that are to be copied, no character that begins a request.
std::string escaped(std::string_view text) {
    std::string written;
    for (const char c : text) {
        if (c == '\\') {
            written += "\\e";
        } else if (c == '-') {
            written += "\\-";
        } else if ((c == '.' || c == '\'') && written.empty()) {
            written += "\\&";
            written += c;
        } else {
            written += c;
        }
    }
    return written;
}

std::string tag_of(const OptionDescription& option) {
    std::string tag;
    for (const std::string& name : option.names) {
        tag += fmt::format("{}\\fB{}\\fR", tag.empty() ? "" : ", ", escaped(name));
    }
    if (!option.value.empty()) {
        std::string value = fmt::format("\\fI{}\\fR", escaped(option.value));
        if (!option.choices.empty() && !option.names.empty()) {
            value.clear();
            for (const std::string& choice : option.choices) {
                value += fmt::format("{}\\fB{}\\fR", value.empty() ? "" : "|", escaped(choice));
            }
        }
        tag += (tag.empty() ? "" : " ") + value + (option.repeated ? " ..." : "");
    }
    return tag;
}

void add_options(std::string& page, const CommandDescription& command) {
    for (const OptionDescription& option : command.options) {
        page += ".TP\n" + tag_of(option) + '\n' + escaped(option.purpose) + '.';
        if (option.names.empty() && !option.choices.empty()) {
            page += fmt::format(" One of {}.", fmt::join(option.choices, ", "));
        }
        if (option.required) {
            page += " Required.";
        }
        if (!option.default_value.empty() && !option.value.empty()) {
            page += " Default: " + escaped(option.default_value) + '.';
        }
        page += '\n';
    }
}

void add_command(std::string& page, const CommandDescription& command, const std::string& path) {
    page += fmt::format(".SS \"{}\"\n{}.\n", escaped(path), escaped(command.purpose));
    add_options(page, command);
    for (const CommandDescription& next : command.commands) {
        add_command(page, next, path + ' ' + next.name);
    }
}

}  // namespace

std::string manual_page(const CommandDescription& program, std::string_view version) {
    std::string page = fmt::format(".\\\" Written by `{0} manual`.\n.TH TIERWAY 1 \"\" \"{0} {1}\" \"User Commands\"\n", program.name, version);
    page += fmt::format(".SH NAME\n{0} \\- gateway that sends LLM requests to the cheapest model that answers well\n", program.name);
    page += fmt::format(".SH SYNOPSIS\n.B {0}\n.I COMMAND\n[\\fIOPTIONS\\fR]\n", program.name);
    page += ".SH DESCRIPTION\n" + escaped(program.purpose) + "\n.SH OPTIONS\n";
    add_options(page, program);
    page += ".SH COMMANDS\n";
    for (const CommandDescription& command : program.commands) {
        add_command(page, command, program.name + ' ' + command.name);
    }
    return page.append(kEnd);
}

}  // namespace tierway::app
