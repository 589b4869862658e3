#include "tierway/policy/declared_class.hpp"

#include <vector>

#include "policy/quoted_name.hpp"
#include "tierway/base/did_you_mean.hpp"

namespace tierway::policy {

Result<std::optional<config::ClassId>> read_declared_class(const config::Snapshot& snapshot, const Principal& principal,
                                                           std::string_view header_value) {
    if (header_value.empty()) {
        return std::optional<config::ClassId>{};
    }
    if (!principal.may_declare_class) {
        return Error::downstream(ErrorKind::ClassNotAllowed, "class_not_allowed",
                                 "This key may not declare a request's class; send the request without `x-tierway-class`.");
    }
    if (const auto found = snapshot.find_class(header_value)) {
        return found;
    }
    std::vector<std::string_view> names;
    names.reserve(snapshot.classes.size());
    for (const config::RequestClass& known : snapshot.classes) {
        names.push_back(known.name);
    }
    return Error::downstream(ErrorKind::InvalidRequest, "class_unknown",
                             "`x-tierway-class` names the class " + quoted_name(header_value) + ", which does not exist." +
                                 did_you_mean(header_value, names));
}

}  // namespace tierway::policy
