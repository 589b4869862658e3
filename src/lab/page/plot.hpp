#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tierway::lab {

/// A rectangle of values drawn as inline SVG, which needs no script and no second file. Coordinates are the data's own; colours and
/// strokes are classes of the page's style sheet, so that light and dark are one drawing. Texts must be escaped already.
class Plot {
public:
    struct Range {
        double low = 0.0;
        double high = 1.0;
    };

    /// \param title what a screen reader says.
    Plot(std::string_view title, Range x, Range y);

    /// Lines and labels at round values of about `count` steps. \param times \param unit as the label writes the value.
    void x_axis(std::string_view name, unsigned count, double times, std::string_view unit);
    void y_axis(std::string_view name, unsigned count, double times, std::string_view unit);

    struct Point {
        double x = 0.0;
        double y = 0.0;
    };
    void line(const std::vector<Point>& points, std::string_view style);
    /// \param hint what shows when the pointer rests on it.
    void dot(Point at, double radius, std::string_view style, std::string_view hint);
    void bar(double left, double right, double height, std::string_view style, std::string_view hint);

    [[nodiscard]] std::string svg() const;

private:
    [[nodiscard]] std::string at_x(double x) const;
    [[nodiscard]] std::string at_y(double y) const;

    std::string title_;
    Range x_;
    Range y_;
    std::string inner_;
};

/// Round values within a range, about `count` steps of 1, 2 or 5 times a power of ten.
std::vector<double> round_values(Plot::Range range, unsigned count);

}  // namespace tierway::lab
