// cat.jpg
//    62.13%  tabby
//    11.02%  tiger cat
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "base/utf8.h"
#include "rows/row_formatter.h"

namespace imnet {
namespace {

constexpr int bar_cells = 20;

// A bar that is drawn in eighths of a character cell, padded to `bar_cells`.
std::string bar(float probability) {
    constexpr std::string_view eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const int filled = static_cast<int>(std::lround(probability * bar_cells * 8));
    const int used = filled / 8 + (filled % 8 != 0 ? 1 : 0);
    std::string text;
    for (int cell = 0; cell < filled / 8; ++cell) text += "█";
    text += eighths[filled % 8];
    return text.append(static_cast<std::size_t>(bar_cells - used), ' ');
}

class Text : public RowFormatter {
public:
    Text(const ClassNames& class_names, bool decorated) : class_names_(class_names), decorated_(decorated) {
        const char* no_color = std::getenv("NO_COLOR");
        if (decorated && (no_color == nullptr || *no_color == '\0')) {
            bold_ = "\033[1m";
            red_ = "\033[31m";
            blue_ = "\033[34m";
            plain_ = "\033[0m";
        }
    }

    std::string row(const Row& row) override {
        const std::string path = decorated_ ? sanitise_for_terminal(row.path) : row.path;
        std::string text = fmt::format("{}{}{}\n", bold_, path, plain_);
        if (!row.top) {
            const InputError& error = row.top.error();
            text += fmt::format("   {}error: {}: {}{}\n", red_, name(error.kind),
                                sanitise_for_terminal(error.message), plain_);
            return text;
        }
        if (row.top->empty()) text += "   no label is probable enough\n";
        for (const Prediction& prediction : *row.top) text += line(prediction);
        if (!row.damage.empty()) text += fmt::format("   {}warning: {}{}\n", red_, row.damage, plain_);
        return text;
    }

private:
    std::string line(const Prediction& prediction) const {
        const std::string& class_name = class_names_.at(static_cast<std::size_t>(prediction.index)).name;
        const double percent = 100.0 * prediction.probability;
        if (!decorated_) return fmt::format("  {:6.2f}%  {}\n", percent, class_name);
        return fmt::format("  {:6.2f}%  {}{}{}  {}\n", percent, blue_, bar(prediction.probability), plain_,
                           sanitise_for_terminal(class_name));
    }

    const ClassNames& class_names_;
    bool decorated_;
    std::string_view bold_, red_, blue_, plain_;
};

}  // namespace

std::unique_ptr<RowFormatter> text_formatter(const ClassNames& class_names, bool decorated) {
    return std::make_unique<Text>(class_names, decorated);
}

}  // namespace imnet
