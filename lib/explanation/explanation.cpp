#include "explanation/explanation.h"

#include <cstddef>
#include <span>

#include <fmt/format.h>

#include "base/errors.h"
#include "explanation/draw_heat.h"
#include "rows/json_parts.h"

namespace imnet {
namespace {

// Converts fractions of the crop to pixels of the photograph.
Place in_photograph(const Explanation& explanation, const Place& place) {
    const Region& crop = explanation.crop;
    return {(crop.left + place.x * crop.width) * explanation.width,
            (crop.top + place.y * crop.height) * explanation.height};
}

bool anything_speaks(const HeatMap& heat) { return heat.largest() > 0; }

std::string json_place(const Place& place) { return fmt::format("[{:.1f},{:.1f}]", place.x, place.y); }

std::string json_rows(const HeatMap& heat) {
    std::string rows;
    for (int row = 0; row < heat.height; ++row) {
        const auto cells =
            std::span(heat.values).subspan(static_cast<std::size_t>(row) * heat.width, heat.width);
        rows += fmt::format("{}[{}]", row == 0 ? "" : ",", fmt::join(cells, ","));
    }
    return '[' + rows + ']';
}

}  // namespace

std::string explanation_text(const Explanation& explanation, const ClassNames& class_names) {
    const auto& [prediction, heat] = explanation.of_class;
    const ClassName& label = class_names.at(static_cast<std::size_t>(prediction.index));
    std::string text = fmt::format("{}\n  {:6.2f}%  {}{}\n", explanation.path, 100.0 * prediction.probability,
                                   label.name, label.wnid.empty() ? "" : fmt::format(" ({})", label.wnid));
    if (!anything_speaks(heat)) return text + "  no heat: no single part speaks for it\n";
    const Place centre = in_photograph(explanation, heat_centre(heat));
    const Place most = in_photograph(explanation, hottest(heat));
    return text + fmt::format("  hottest at {:.0f}, {:.0f}, centred at {:.0f}, {:.0f} of {} × {} pixels\n",
                              most.x, most.y, centre.x, centre.y, explanation.width, explanation.height);
}

std::string explanation_json(const Explanation& explanation, const ClassNames& class_names,
                             std::string_view method) {
    const auto& [prediction, heat] = explanation.of_class;
    const bool any = anything_speaks(heat);
    const Place corner = in_photograph(explanation, {0, 0});
    const std::string centre = any ? json_place(in_photograph(explanation, heat_centre(heat))) : "null";
    const std::string most = any ? json_place(in_photograph(explanation, hottest(heat))) : "null";
    return fmt::format(
        R"({{{},"class":{},"method":"{}","width":{},"height":{},"crop":[{:.1f},{:.1f},{:.1f},{:.1f}],)"
        R"("centre":{},"hottest":{},"heat":{}}})"
        "\n",
        json_path(explanation.path), json_prediction(prediction, class_names), method, explanation.width,
        explanation.height, corner.x, corner.y, explanation.crop.width * explanation.width,
        explanation.crop.height * explanation.height, centre, most, json_rows(heat));
}

}  // namespace imnet
