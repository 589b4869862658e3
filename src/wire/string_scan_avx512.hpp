#pragma once

#include "wire/string_scan.hpp"

namespace tierway::wire::detail {

#if defined(__x86_64__)
/// `scan_string` with AVX-512, which checks the UTF-8 of the string as well. REQUIRES: the processor has AVX-512 BW and BMI2.
StringScan scan_string_by_avx512(const char* begin, const char* text_end) noexcept;
#endif

}  // namespace tierway::wire::detail
