#include "training/learning_curve.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace imnet {
namespace {

/// The axis of a plot, from `low` to `high`, with ticks at multiples of `step`.
struct Axis {
    double low;
    double high;
    double step;

    double part(double value) const { return (value - low) / (high - low); }
    int decimals() const { return std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9))); }
};

/// 1, 2 or 5 times a power of ten, chosen so that the range has about five steps.
double round_step(double range) {
    const double power = std::pow(10, std::floor(std::log10(range / 5)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (range / (factor * power) <= 6) return factor * power;
    return 10 * power;
}

/// An axis from the tick below the lowest value to the tick above the highest.
Axis axis_of_values(double lowest, double highest) {
    if (lowest > highest) return {0, 1, 0.2};  // no value at all
    const double range = highest - lowest;
    const double step = round_step(
        range > 1e-9 * std::abs(highest) && range > 1e-12 ? range : std::max(std::abs(highest), 1e-3) / 10);
    const double low = std::floor(lowest / step + 1e-9) * step;
    const double high = std::ceil(highest / step - 1e-9) * step;
    return {low, high > low ? high : low + step, step};
}

Axis axis_of_epochs(std::span<const EpochResult> results) {
    const int first = results.empty() ? 0 : results.front().epoch;
    const int last = results.empty() ? 1 : std::max(results.back().epoch, first + 1);
    return {static_cast<double>(first), static_cast<double>(last), std::max(1.0, round_step(last - first))};
}

/// One curve of a plot: a value for each epoch, in the unit of the axis.
struct Curve {
    std::string_view name;
    std::string_view color;
    std::vector<double> values;
};

/// Medium tones, which are visible on white and on black.
constexpr std::string_view blue = "#3b82d6";
constexpr std::string_view orange = "#e0791f";
constexpr std::string_view green = "#2f9e6e";

constexpr double plot_width = 310;
constexpr double plot_height = 200;

std::string text_at(double x, double y, std::string_view anchor, std::string_view text) {
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor, text);
}

std::string line(double x1, double y1, double x2, double y2, std::string_view attributes) {
    return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1, x2, y2,
                       attributes);
}

std::string grid(const Axis& across, const Axis& up) {
    constexpr std::string_view faint = "stroke=\"#888\" stroke-opacity=\"0.25\"";
    std::string svg;
    for (double tick = up.low; tick <= up.high + up.step / 2; tick += up.step) {
        const double y = plot_height * (1 - up.part(tick));
        svg += line(0, y, plot_width, y, faint);
        // A negative zero, from rounding, is shown as zero.
        const double shown = std::abs(tick) < up.step / 2 ? 0.0 : tick;
        svg += text_at(-8, y + 4, "end", fmt::format("{:.{}f}", shown, up.decimals()));
    }
    for (double tick = std::ceil(across.low / across.step) * across.step; tick <= across.high;
         tick += across.step) {
        const double x = plot_width * across.part(tick);
        svg += line(x, plot_height, x, plot_height + 4, "stroke=\"#888\"");
        svg += text_at(x, plot_height + 18, "middle", fmt::format("{:.0f}", tick));
    }
    svg += line(0, plot_height, plot_width, plot_height, "stroke=\"#888\"");
    return svg + text_at(plot_width / 2, plot_height + 36, "middle", "epoch");
}

/// A path through the values that are not NaN, and a dot for each value where there are few.
std::string drawn(const Curve& curve, std::span<const EpochResult> results, const Axis& across,
                  const Axis& up) {
    constexpr std::size_t few = 60;
    std::string path;
    std::string dots;
    bool pen_down = false;
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (!std::isfinite(curve.values[i])) {
            pen_down = false;
            continue;
        }
        const double x = plot_width * across.part(results[i].epoch);
        const double y = plot_height * (1 - up.part(curve.values[i]));
        path += fmt::format("{}{:.1f} {:.1f}", pen_down ? "L" : "M", x, y);
        if (results.size() <= few)
            dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\" fill=\"{}\"/>\n", x, y,
                                curve.color);
        pen_down = true;
    }
    if (path.empty()) return "";
    return fmt::format(
               "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\" stroke-linejoin=\"round\"/>\n",
               path, curve.color) +
           dots;
}

/// A plot whose corner is at (left, top), its curves named above it.
std::string panel(double left, double top, std::string_view title, std::span<const Curve> curves,
                  std::span<const EpochResult> results) {
    double lowest = HUGE_VAL;
    double highest = -HUGE_VAL;
    for (const Curve& curve : curves) {
        for (const double value : curve.values) {
            if (!std::isfinite(value)) continue;
            lowest = std::min(lowest, value);
            highest = std::max(highest, value);
        }
    }
    const Axis up = axis_of_values(lowest, highest);
    const Axis across = axis_of_epochs(results);
    std::string svg = fmt::format("<g transform=\"translate({:.0f} {:.0f})\">\n", left, top);
    svg += text_at(0, -14, "start", title);
    double x = plot_width;
    for (std::size_t i = curves.size(); i-- > 0;) {
        x -= 7.0 * static_cast<double>(curves[i].name.size());
        svg += text_at(x, -14, "start", curves[i].name);
        svg +=
            line(x - 24, -18, x - 6, -18, fmt::format("stroke=\"{}\" stroke-width=\"3\"", curves[i].color));
        x -= 40;
    }
    svg += grid(across, up);
    for (const Curve& curve : curves) svg += drawn(curve, results, across, up);
    return svg + "</g>\n";
}

std::string escaped(std::string_view text) {
    std::string xml;
    for (const char character : text) {
        switch (character) {
            case '&': xml += "&amp;"; break;
            case '<': xml += "&lt;"; break;
            case '>': xml += "&gt;"; break;
            default: xml += static_cast<unsigned char>(character) < 0x20 ? ' ' : character;
        }
    }
    return xml;
}

Curve curve_of(std::string_view name, std::string_view color, std::span<const EpochResult> results,
               double EpochResult::*value, double unit = 1) {
    Curve curve{name, color, {}};
    for (const EpochResult& result : results) curve.values.push_back(result.*value * unit);
    return curve;
}

std::string cell(double value) { return std::isnan(value) ? "" : fmt::format("{:.6g}", value); }

}  // namespace

std::string_view learning_curve_csv_header() {
    return "epoch,learning_rate,train_loss,validation_loss,validation_top1,validation_top5,seconds\n";
}

std::string learning_curve_csv_row(const EpochResult& result) {
    return fmt::format("{},{},{},{},{},{},{:.3f}\n", result.epoch, cell(result.learning_rate),
                       cell(result.train_loss), cell(result.validation_loss), cell(result.validation_top1),
                       cell(result.validation_top5), result.seconds);
}

std::string learning_curve_svg(std::span<const EpochResult> results, std::string_view title) {
    const Curve losses[] = {curve_of("train", blue, results, &EpochResult::train_loss),
                            curve_of("validation", orange, results, &EpochResult::validation_loss)};
    constexpr double per_cent = 100;
    const Curve accuracies[] = {curve_of("top-1", orange, results, &EpochResult::validation_top1, per_cent),
                                curve_of("top-5", green, results, &EpochResult::validation_top5, per_cent)};
    const std::string name = escaped(title);
    return fmt::format(
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 780 330\" width=\"780\" "
               "height=\"330\" "
               "role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#808080\">\n"
               "<title>{0}</title>\n<text x=\"60\" y=\"26\" font-size=\"15\">{0}</text>\n",
               name) +
           panel(60, 76, "loss", losses, results) +
           panel(450, 76, "validation accuracy, %", accuracies, results) + "</svg>\n";
}

}  // namespace imnet
