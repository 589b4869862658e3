#include "tierway/policy/recovery.hpp"

#include "policy/quoted_name.hpp"

namespace tierway::policy {

Result<config::Recovery> read_recovery(const config::RequestClass& request_class, std::string_view header_value) {
    if (header_value.empty()) {
        return request_class.recovery;
    }
    if (header_value == "fail") {
        return config::Recovery::Fail;
    }
    if (header_value == "buffered") {
        return config::Recovery::Buffered;
    }
    if (header_value == "continue" && request_class.recovery == config::Recovery::Continue) {
        return config::Recovery::Continue;
    }
    return Error::downstream(
        ErrorKind::InvalidRequest, "invalid_recovery",
        header_value == "continue"
            ? "`x-tierway-recovery: continue` needs `recovery: continue` in the class `" + request_class.name + "`."
            : "`x-tierway-recovery` is " + quoted_name(header_value) + "; send `fail` or `buffered`.");
}

}  // namespace tierway::policy
