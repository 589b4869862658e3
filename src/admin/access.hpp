#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/secret.hpp"
#include "tierway/base/sha256.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::admin {

/// What a page of the admin plane shows, and so whom it is shown.
enum class Audience : std::uint8_t {
    Everybody,  ///< Whether the process lives and takes requests: probes carry no token and come by any name.
    Browsers,   ///< The files of `/ui`. They hold no data, and a browser must have them before it can ask for the token.
    Operators,  ///< Everything else.
};

/// Why a request is not answered.
struct Refusal {
    unsigned status = 403;
    std::string message;
};

/// Who may ask the admin plane. With a token, who presents it. Without one the plane listens on loopback only, and then the danger
/// is a page of some other site in a browser of this machine: it must neither read answers under a name of its own (DNS rebinding)
/// nor post. Immutable, thread-safe.
class Access {
public:
    /// \param token empty: nobody is asked for one.
    explicit Access(const Secret& token);

    /// Pure. Empty: the request may be answered.
    [[nodiscard]] std::optional<Refusal> refusal(Audience audience, std::string_view method, const wire::HttpFields& fields) const;

    [[nodiscard]] bool asks_for_token() const noexcept { return token_digest_.has_value(); }

private:
    [[nodiscard]] bool holds_token(const wire::HttpFields& fields) const;

    std::optional<Sha256> token_digest_;
};

}  // namespace tierway::admin
