#include "dialect/responses/one_line.hpp"

namespace tierway::dialect::responses {

void append_one_line(std::string& out, std::string_view json) {
    bool in_string = false;
    bool escaped = false;
    for (const char c : json) {
        const bool line_end = c == '\n' || c == '\r';
        if (line_end || (!in_string && (c == ' ' || c == '\t'))) {
            continue;
        }
        out += c;
        if (escaped) {
            escaped = false;
        } else if (c == '\\') {
            escaped = in_string;
        } else if (c == '"') {
            in_string = !in_string;
        }
    }
}

}  // namespace tierway::dialect::responses
