#pragma once

#include <string>
#include <string_view>

namespace tierway::cascade {

/// The text with what LaTeX adds to it taken off: wrappers (`\text{}`, `\mathrm{}`, `\boxed{}` …) and spacing go, every form of
/// fraction becomes `a/b`, roots `sqrt(a)`, groups after `^` and `_` lose their braces, operators become ASCII. A command that is
/// not known stays as its name. Linear.
std::string without_latex(std::string_view text);

}  // namespace tierway::cascade
