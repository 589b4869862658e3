#include "tierway/base/json_writer.hpp"

#include <array>
#include <charconv>

namespace tierway {

JsonWriter& JsonWriter::decimal(double value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return raw(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

}  // namespace tierway
