#pragma once

#include <string>
#include <string_view>

#include "tierway/dialect/conversation.hpp"

namespace tierway::dialect {

/// How a seal (`ReasoningPart::seal`) travels through a client's history whose door has a field for seals of its own family only: a
/// foreign one is `<origin>:<seal>`, a hidden one `<origin>!:<seal>`, one of the door's family is as its maker wrote it (and its
/// being hidden is told by the door's own means). So the history can go on at any provider, and its maker still knows it again.
std::string tagged_seal(Origin origin, bool hidden, std::string_view seal, Origin door);

struct UntaggedSeal {
    Origin origin = Origin::Unknown;
    bool hidden = false;  ///< Only told by a tag.
    std::string_view seal;  ///< A view of what was read.
};

/// \param door whose family an untagged seal is of.
UntaggedSeal read_seal(std::string_view text, Origin door) noexcept;

/// "openai", "anthropic", "gemini", "deepseek"; empty for Unknown.
std::string_view name_of(Origin origin) noexcept;
/// Unknown for any other name.
Origin origin_named(std::string_view name) noexcept;

}  // namespace tierway::dialect
