#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tierway::wire::detail {

struct JsonDiagnosis {
    std::string problem;
    std::size_t at = 0;
};

/// Finds what simdjson's first stage refused `text` for, since it does not say where: invalid UTF-8, a raw control character in
/// a string, a string that does not end, or a backslash outside a string. Slow and plain; runs only for refused texts.
JsonDiagnosis diagnose_refused_text(std::string_view text);

}  // namespace tierway::wire::detail
