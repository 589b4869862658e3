#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>

namespace tierway::lab {

enum class LineEnd : std::uint8_t { Line, TooLong, EndOfFile };

/// As `std::getline`, but never holds more than a line may be long.
LineEnd next_line(std::istream& in, std::size_t bytes_max, std::string& line);

}  // namespace tierway::lab
