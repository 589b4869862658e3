#include "tierway/base/text_table.hpp"

#include <algorithm>

#include "tierway/base/assert.hpp"

namespace tierway {

std::string text_table(std::span<const std::vector<std::string>> lines, std::size_t name_columns) {
    std::string text;
    if (lines.empty()) {
        return text;
    }
    std::vector<std::size_t> widths(lines.front().size());
    for (const auto& line : lines) {
        TIERWAY_ASSERT(line.size() == widths.size());
        for (std::size_t i = 0; i < line.size(); ++i) {
            widths[i] = std::max(widths[i], line[i].size());
        }
    }
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            const std::string padding(widths[i] - line[i].size(), ' ');
            text += i == 0 ? "" : "  ";
            text += i < name_columns ? line[i] + padding : padding + line[i];
        }
        text.erase(text.find_last_not_of(' ') + 1);
        text += '\n';
    }
    return text;
}

}  // namespace tierway
