#pragma once

#include <cstdint>
#include <string_view>

namespace tierway::simulator {

/// Kinds of task a simulated model is more or less good at; named like the gateway's usual request classes.
enum class TaskKind : std::uint8_t {
    Extraction,
    Classification,
    Rewriting,
    Summarization,
    Chat,
    OpenQa,
    Code,
    Math,
    Reasoning,
    CreativeWriting,
    ToolUse,
};

/// "extraction", "open_qa" …: the keys of `ModelProfile::skill`.
std::string_view name_of(TaskKind kind) noexcept;

/// The kind of task an English instruction sets, by tell-tale words; Chat when nothing tells. Never ToolUse, which depends on the
/// tools.
TaskKind kind_of(std::string_view text);

}  // namespace tierway::simulator
