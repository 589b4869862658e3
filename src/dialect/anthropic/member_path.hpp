#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tierway::dialect::anthropic {

/// Where a value stands in a request, as the API writes it: "messages.0.content.2.source". A chain on the stack that becomes a text
/// only when something is refused. A path must not outlive the one it was made from.
class MemberPath {
public:
    explicit MemberPath(std::string_view name) noexcept : name_(name) {}
    MemberPath(const MemberPath& parent, std::string_view name) noexcept : parent_(&parent), name_(name) {}
    MemberPath(const MemberPath& parent, std::size_t index) noexcept : parent_(&parent), index_(index) {}

    [[nodiscard]] std::string text() const;

private:
    const MemberPath* parent_ = nullptr;
    std::string_view name_;  ///< Empty: an element of an array.
    std::size_t index_ = 0;
};

}  // namespace tierway::dialect::anthropic
