#include "tierway/lab/outcome_files.hpp"

#include <fstream>
#include <unordered_map>
#include <utility>

#include "lab/bounded_lines.hpp"

namespace tierway::lab {
namespace {

/// The work on all files: what was read of them so far.
class OutcomeReading {
public:
    void read(std::istream& in, const std::string& file) {
        std::string line;
        std::size_t bytes = 0;
        const std::size_t rows_before = set_.rows.size();
        for (int number = 1; !is_over(); ++number) {
            const LineEnd end = next_line(in, kOutcomeBytesMax, line);
            if (end == LineEnd::EndOfFile) {
                break;
            }
            bytes += line.size() + 1;
            if (end == LineEnd::TooLong) {
                problem(file, number, "The line is longer than 4 MiB; what follows was not read.");
                return;
            }
            if (bytes > kOutcomeFileBytesMax) {
                problem(file, number, "The file is larger than 1 GiB; what follows was not read. Give several files.");
                return;
            }
            if (line.find_first_not_of(" \t\r") != std::string::npos) {
                add(line, file, number);
            }
        }
        if (set_.rows.size() == rows_before && set_.problems.empty()) {
            problem(file, 0, "The file holds no row.");
        }
    }

    void problem(const std::string& file, int line, std::string message) {
        if (set_.problems.size() < kOutcomeProblemsMax) {
            set_.problems.push_back({file, line, 1, std::move(message)});
        }
        if (set_.problems.size() == kOutcomeProblemsMax) {
            over_ = true;
        }
    }

    [[nodiscard]] bool is_over() const noexcept { return over_; }
    OutcomeSet take() { return std::move(set_); }

private:
    void add(const std::string& line, const std::string& file, int number) {
        auto row = read_outcome(line, parser_);
        if (!row) {
            problem(file, number, std::string(row.error().message()));
            return;
        }
        const auto [first, is_new] = places_.emplace(row->id, file + ':' + std::to_string(number));
        if (!is_new) {
            problem(file, number, "The id `" + row->id + "` is that of " + first->second + " already; every row needs its own.");
            return;
        }
        if (set_.rows.size() == kOutcomeRowsMax) {
            problem(file, number, "There are more than 1000000 rows; what follows was not read.");
            over_ = true;
            return;
        }
        set_.rows.push_back(std::move(*row));
    }

    OutcomeSet set_;
    wire::JsonParser parser_;
    std::unordered_map<std::string, std::string> places_;  ///< Where each id was read.
    bool over_ = false;
};

}  // namespace

OutcomeSet read_outcome_files(std::span<const std::string> files) {
    OutcomeReading reading;
    for (const std::string& file : files) {
        std::ifstream in(file, std::ios::binary);
        if (!in) {
            reading.problem(file, 0, "The file cannot be read.");
        } else if (!reading.is_over()) {
            reading.read(in, file);
        }
    }
    return reading.take();
}

OutcomeSet read_outcomes(std::istream& lines, const std::string& file) {
    OutcomeReading reading;
    reading.read(lines, file);
    return reading.take();
}

}  // namespace tierway::lab
