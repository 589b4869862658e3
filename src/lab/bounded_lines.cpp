#include "lab/bounded_lines.hpp"

namespace tierway::lab {

LineEnd next_line(std::istream& in, std::size_t bytes_max, std::string& line) {
    line.clear();
    std::streambuf& bytes = *in.rdbuf();
    while (true) {
        const int byte = bytes.sbumpc();
        if (byte == std::char_traits<char>::eof()) {
            return line.empty() ? LineEnd::EndOfFile : LineEnd::Line;
        }
        if (byte == '\n') {
            return LineEnd::Line;
        }
        if (line.size() == bytes_max) {
            return LineEnd::TooLong;
        }
        line.push_back(static_cast<char>(byte));
    }
}

}  // namespace tierway::lab
