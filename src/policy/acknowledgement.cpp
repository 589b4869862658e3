#include "tierway/policy/acknowledgement.hpp"

#include <optional>

#include "policy/quoted_name.hpp"

namespace tierway::policy {

Result<Usd> read_acknowledgement(std::string_view header_value) {
    constexpr Usd kMost = Usd::from_nano(1'000'000 * std::int64_t{1'000'000'000});
    const std::optional<Usd> amount = Usd::parse(header_value);
    if (!amount || header_value.starts_with('-') || *amount > kMost) {
        return Error::downstream(
            ErrorKind::InvalidRequest, "invalid_acknowledgement",
            "`x-tierway-acknowledge-usd` must be an amount of US dollars from 0 to 1000000, written as a plain "
            "decimal with at most nine decimals such as `0.75`, not " +
                quoted_name(header_value) + ".");
    }
    return *amount;
}

}  // namespace tierway::policy
