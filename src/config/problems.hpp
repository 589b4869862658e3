#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/config/load.hpp"

namespace tierway::config {

/// A position in the configuration text, counted from 1.
struct Place {
    int line = 1;
    int column = 1;
};

/// Collects what is wrong with one file, so that everything is reported at once. Bounded: after `kKeptMax` problems the rest is
/// only counted, so that a hostile file cannot make the report, or the search for likely names, expensive.
class Problems {
public:
    static constexpr std::size_t kKeptMax = 100;

    explicit Problems(std::string file) : file_(std::move(file)) {}

    void error(Place place, std::string message);
    void warn(Place place, std::string message);

    /// The file that the problems are of, as it was named.
    [[nodiscard]] const std::string& file() const noexcept { return file_; }
    [[nodiscard]] bool any() const noexcept { return !errors_.empty(); }

    /// `did_you_mean`, unless nobody would read the answer.
    [[nodiscard]] std::string suggestion(std::string_view word, std::span<const std::string_view> candidates) const;
    /// " Did you mean `x`?" when one candidate is near, else empty.
    [[nodiscard]] std::string near_suggestion(std::string_view word, std::span<const std::string_view> candidates) const;

    /// Everything found, by position. The collector is empty afterwards.
    std::vector<Problem> take_errors();
    std::vector<Problem> take_warnings();

private:
    void keep(std::vector<Problem>& kept, Place place, std::string message) const;

    std::string file_;
    std::vector<Problem> errors_;
    std::vector<Problem> warnings_;
    std::size_t errors_left_out_ = 0;
};

/// A value from the file between backquotes, cut at 160 bytes and without control characters.
std::string quoted_value(std::string_view text);

}  // namespace tierway::config
