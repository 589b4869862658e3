#include "tierway/policy/request_ceiling.hpp"

#include <vector>

#include "policy/quoted_name.hpp"
#include "tierway/base/did_you_mean.hpp"

namespace tierway::policy {

Result<std::optional<config::TierId>> read_request_ceiling(const config::Snapshot& snapshot, std::string_view header_value) {
    if (header_value.empty()) {
        return std::optional<config::TierId>{};
    }
    if (const auto found = snapshot.find_tier(header_value)) {
        return found;
    }
    std::vector<std::string_view> names;
    names.reserve(snapshot.tiers.size());
    for (const config::Tier& known : snapshot.tiers) {
        names.push_back(known.name);
    }
    return Error::downstream(ErrorKind::InvalidRequest, "tier_unknown",
                             "`x-tierway-max-tier` names the tier " + quoted_name(header_value) + ", which does not exist." +
                                 did_you_mean(header_value, names));
}

}  // namespace tierway::policy
