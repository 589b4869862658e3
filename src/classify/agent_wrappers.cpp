#include "classify/agent_wrappers.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "tierway/classify/features.hpp"

namespace tierway::classify {
namespace {

// What agents were seen to put around the human's words.
constexpr std::array kWrappers = std::to_array<std::string_view>({
    // Claude Code.
    "system-reminder",
    "command-message",
    "command-name",
    "command-contents",
    "local-command-stdout",
    "local-command-stderr",
    "local-command-caveat",
    "bash-stdout",
    "bash-stderr",
    "task-notification",
    "user-prompt-submit-hook",
    "session-start-hook",
    "ide_opened_file",
    "ide_selection",
    "ide_diagnostics",
    // Codex.
    "environment_context",
    "user_instructions",
    "turn_aborted",
    // Cline and Roo.
    "environment_details",
    "explicit_instructions",
    // Cursor.
    "additional_data",
    "attached_files",
    "open_and_recently_viewed_files",
    "project_layout",
    "user_info",
    "cursor_rules_context",
    // Copilot.
    "reminderInstructions",
    "editorContext",
    "environment_info",
    "workspace_info",
});

// Codex sends the project's instructions as a user message of this form.
constexpr std::string_view kInstructionsOpening = "# AGENTS.md instructions";
constexpr std::string_view kInstructionsClosing = "</INSTRUCTIONS>";

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The wrapper whose name stands at the start of `text` and ends there, or empty.
std::string_view wrapper_named_by(std::string_view text) noexcept {
    for (const std::string_view name : kWrappers) {
        // Most tags are ruled out by their first letter; a text may consist of nothing but tags.
        if (text.size() > name.size() && text.front() == name.front() && text.starts_with(name) &&
            (text[name.size()] == '>' || is_blank(text[name.size()]))) {
            return name;
        }
    }
    return {};
}

bool is_closing_tag_of(std::string_view text, std::string_view name) noexcept {
    return text.size() >= name.size() + 3 && text[0] == '<' && text[1] == '/' && text[name.size() + 2] == '>' &&
           text.substr(2, name.size()) == name;
}

// The length of any wrapper's closing tag at the start of `text`, or 0.
std::size_t closing_tag_size(std::string_view text) noexcept {
    if (!text.starts_with("</")) {
        return 0;
    }
    const std::string_view name = wrapper_named_by(text.substr(2));
    return !name.empty() && is_closing_tag_of(text, name) ? name.size() + 3 : 0;
}

// Where the text goes on behind the wrapper that was opened at the start of `text`.
std::size_t size_of_wrapper(std::string_view text, std::string_view name) noexcept {
    for (std::size_t at = text.find("</"); at != std::string_view::npos; at = text.find("</", at + 2)) {
        if (is_closing_tag_of(text.substr(at), name)) {
            return at + name.size() + 3;
        }
    }
    return text.size();
}

std::size_t size_of_instructions_message(std::string_view text) noexcept {
    std::size_t begin = 0;
    while (begin < text.size() && is_blank(text[begin])) {
        ++begin;
    }
    if (!text.substr(begin).starts_with(kInstructionsOpening)) {
        return 0;
    }
    const std::size_t closing = text.find(kInstructionsClosing, begin);
    return closing == std::string_view::npos ? text.size() : closing + kInstructionsClosing.size();
}

}  // namespace

void strip_agent_wrappers_from(std::string& text, std::size_t begin, TextStart start) {
    const std::string_view whole = text;
    std::size_t read = begin;
    std::size_t write = begin;
    if (start == TextStart::Whole) {
        read += size_of_instructions_message(whole.substr(begin));
    }
    while (read < whole.size()) {
        const std::size_t tag = std::min(whole.find('<', read), whole.size());
        if (write != read) {
            // The text is moved to the front within itself; what was read is never needed again.
            std::memmove(text.data() + write, text.data() + read, tag - read);
        }
        write += tag - read;
        read = tag;
        if (read == whole.size()) {
            break;
        }
        const std::string_view rest = whole.substr(read);
        if (const std::string_view name = wrapper_named_by(rest.substr(1)); !name.empty()) {
            read += size_of_wrapper(rest, name);
            continue;
        }
        if (start == TextStart::AfterCut) {
            if (const std::size_t size = closing_tag_size(rest); size > 0) {
                write = begin;
                read += size;
                continue;
            }
        }
        text[write++] = '<';
        ++read;
    }
    text.resize(write);
}

void strip_agent_wrappers(std::string& text) {
    strip_agent_wrappers_from(text, 0, TextStart::Whole);
}

}  // namespace tierway::classify
