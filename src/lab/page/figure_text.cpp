#include "lab/page/figure_text.hpp"

#include <array>

#include "tierway/base/number_text.hpp"

namespace tierway::lab {

std::string fixed(double value, unsigned decimals) {
    std::array<char, kNumberTextMax> text{};
    return {text.data(), write_fixed(text.data(), value, decimals)};
}

std::string or_dash(const std::optional<double>& value, unsigned decimals, double times) {
    return value ? fixed(*value * times, decimals) : "-";
}

std::string points(double share) {
    return (share > 0.0 ? "+" : "") + fixed(100 * share, 2);
}

std::string html(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace tierway::lab
