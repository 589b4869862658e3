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
    const auto found = snapshot.find_class(header_value);
    if (principal.classes && !(found && principal.may_declare(*found))) {
        return Error::downstream(ErrorKind::ClassNotAllowed, "class_not_allowed",
                                 principal.classes->empty()
                                     ? "This key may not declare a request's class; send the request without `x-tierway-class`."
                                     : "This key may not declare the class " + quoted_name(header_value) +
                                           "; declare one that it may, or send the request without `x-tierway-class`.");
    }
    if (found) {
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
