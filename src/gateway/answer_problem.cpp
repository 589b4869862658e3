#include "gateway/answer_problem.hpp"

#include <string>

namespace tierway::gateway {

Error not_json(const Error& problem, bool ended_by_close) {
    // A body without framing that the connection's end cut short cannot be told from a whole one but by its JSON.
    return ended_by_close
               ? Error::upstream(ErrorKind::UpstreamTruncated, "upstream_truncated",
                                 "The provider's answer ended before it was complete.")
               : Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed", "The provider's answer is not JSON.")
                     .with_detail(std::string(problem.message()));
}

}  // namespace tierway::gateway
