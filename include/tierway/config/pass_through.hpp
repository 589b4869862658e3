#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/usd.hpp"
#include "tierway/config/ids.hpp"
#include "tierway/config/price.hpp"

namespace tierway::config {

/// What clients may ask of a provider beside its models: paths under `/v1/` whose requests and answers pass as they are, with the
/// provider's credential in place of the caller's. They have no class and no tier; what is known of their cost is charged.
struct PassThrough {
    /// What requests of this kind are called where others have a class.
    static constexpr std::string_view kClassName = "pass_through";
    static constexpr std::string_view kTierName = "none";

    ProviderId provider{};           ///< Of callers whose key names no other.
    std::vector<std::string> paths;  ///< The first segment behind `/v1/`: "files" means `/v1/files` and all below it.
    /// What a POST is reserved with, and charged when the answer does not say what it cost. Absent: nothing, and then there is no
    /// hard budget that it could overshoot.
    std::optional<Usd> usd_per_request;
    std::map<std::string, Price, std::less<>> prices;  ///< By the provider's name of the model: of the tokens that answers report.
    std::size_t body_bytes_max = std::size_t{512} << 20U;  ///< Of a request; it is never held as a whole.

    [[nodiscard]] bool serves(std::string_view segment) const noexcept;
};

}  // namespace tierway::config
