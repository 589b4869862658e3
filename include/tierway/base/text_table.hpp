#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tierway {

/// Lines of cells as text with aligned columns, two blanks apart: names to the left, figures to the right. Nothing is escaped.
/// REQUIRES: every line has as many cells as the first. \param name_columns how many of the first columns hold names.
std::string text_table(std::span<const std::vector<std::string>> lines, std::size_t name_columns);

}  // namespace tierway
