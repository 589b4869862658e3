#include "lab/page/plot.hpp"

#include <algorithm>
#include <cmath>

#include "lab/page/figure_text.hpp"

namespace tierway::lab {
namespace {

// The drawing's own units. Small, so that texts stay readable on a narrow screen, where it shrinks.
constexpr double kWidth = 440;
constexpr double kHeight = 330;
constexpr double kLeft = 52;
constexpr double kRight = 14;
constexpr double kTop = 26;
constexpr double kBottom = 44;

double share_of(double value, Plot::Range range) {
    return range.high > range.low ? (value - range.low) / (range.high - range.low) : 0.5;
}

unsigned decimals_for(double step) {
    return step >= 1.0 || step <= 0.0 ? 0 : static_cast<unsigned>(std::ceil(-std::log10(step) - 1e-9));
}

}  // namespace

std::vector<double> round_values(Plot::Range range, unsigned count) {
    const double width = range.high - range.low;
    if (!(width > 0.0) || count == 0) {
        return {range.low};
    }
    const double raw = width / count;
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    double step = 10 * power;
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= raw * 0.999) {
            step = factor * power;
            break;
        }
    }
    std::vector<double> values;
    for (double i = std::ceil(range.low / step - 1e-9); i * step <= range.high + step * 1e-9; ++i) {
        values.push_back(i * step);
    }
    return values;
}

Plot::Plot(std::string_view title, Range x, Range y) : title_(title), x_(x), y_(y) {}

std::string Plot::at_x(double x) const {
    return fixed(kLeft + share_of(x, x_) * (kWidth - kLeft - kRight), 1);
}

std::string Plot::at_y(double y) const {
    return fixed(kHeight - kBottom - share_of(y, y_) * (kHeight - kTop - kBottom), 1);
}

void Plot::x_axis(std::string_view name, unsigned count, double times, std::string_view unit) {
    const std::vector<double> values = round_values({x_.low * times, x_.high * times}, count);
    const unsigned decimals = values.size() > 1 ? decimals_for(values[1] - values[0]) : 0;
    const std::string bottom = fixed(kHeight - kBottom, 1);
    for (const double value : values) {
        const std::string x = at_x(value / times);
        inner_ += "<line class=\"grid\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" + fixed(kTop, 1) + "\" y2=\"" + bottom + "\"/>";
        inner_ += "<text class=\"tick\" text-anchor=\"middle\" x=\"" + x + "\" y=\"" + fixed(kHeight - kBottom + 17, 1) + "\">" +
                  fixed(value, decimals) + std::string(unit) + "</text>";
    }
    inner_ += "<text class=\"axis\" text-anchor=\"end\" x=\"" + fixed(kWidth - kRight, 1) + "\" y=\"" + fixed(kHeight - 8, 1) + "\">" +
              std::string(name) + "</text>";
}

void Plot::y_axis(std::string_view name, unsigned count, double times, std::string_view unit) {
    const std::vector<double> values = round_values({y_.low * times, y_.high * times}, count);
    const unsigned decimals = values.size() > 1 ? decimals_for(values[1] - values[0]) : 0;
    for (const double value : values) {
        const std::string y = at_y(value / times);
        inner_ += "<line class=\"grid\" x1=\"" + fixed(kLeft, 1) + "\" x2=\"" + fixed(kWidth - kRight, 1) + "\" y1=\"" + y + "\" y2=\"" + y +
                  "\"/>";
        inner_ += "<text class=\"tick\" text-anchor=\"end\" dy=\"4\" x=\"" + fixed(kLeft - 7, 1) + "\" y=\"" + y + "\">" +
                  fixed(value, decimals) + std::string(unit) + "</text>";
    }
    inner_ += "<text class=\"axis\" x=\"4\" y=\"14\">" + std::string(name) + "</text>";
}

void Plot::line(const std::vector<Point>& points, std::string_view style) {
    inner_ += "<polyline class=\"" + std::string(style) + "\" points=\"";
    for (const Point& point : points) {
        inner_ += at_x(point.x) + ',' + at_y(point.y) + ' ';
    }
    inner_ += "\"/>";
}

void Plot::dot(Point at, double radius, std::string_view style, std::string_view hint) {
    inner_ += "<circle class=\"" + std::string(style) + "\" cx=\"" + at_x(at.x) + "\" cy=\"" + at_y(at.y) + "\" r=\"" + fixed(radius, 1) +
              "\"><title>" + std::string(hint) + "</title></circle>";
}

void Plot::bar(double left, double right, double height, std::string_view style, std::string_view hint) {
    const double x = kLeft + share_of(left, x_) * (kWidth - kLeft - kRight);
    const double width = share_of(right, x_) * (kWidth - kLeft - kRight) + kLeft - x;
    const double bottom = kHeight - kBottom;
    const double tall = std::max(0.0, height) * (kHeight - kTop - kBottom);
    inner_ += "<rect class=\"" + std::string(style) + "\" x=\"" + fixed(x, 1) + "\" width=\"" + fixed(width, 1) + "\" y=\"" +
              fixed(bottom - tall, 1) + "\" height=\"" + fixed(tall, 1) + "\"><title>" + std::string(hint) + "</title></rect>";
}

std::string Plot::svg() const {
    return "<svg viewBox=\"0 0 " + fixed(kWidth, 0) + ' ' + fixed(kHeight, 0) + "\" role=\"img\" aria-label=\"" + title_ + "\">" + inner_ +
           "</svg>";
}

}  // namespace tierway::lab
