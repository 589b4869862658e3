#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace tierway {

/// A credential. It has no stream operator, no formatter and no conversion, so it cannot reach a log by accident;
/// `reveal()` is the one way out and is called only where the bytes go to the peer they belong to.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}

    [[nodiscard]] bool empty() const noexcept { return value_.empty(); }
    [[nodiscard]] std::string_view reveal() const noexcept { return value_; }

private:
    std::string value_;
};

}  // namespace tierway
