#include "models/summary.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace imnet {

namespace {

constexpr std::size_t npos = std::string_view::npos;

/// A line of `print(model)`. `module` is set in the line that starts a module, not in lines that show its
/// details or its closing parenthesis.
struct Line {
    std::string text;
    const Module* module = nullptr;
};

std::string_view parent(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return dot == npos ? std::string_view() : path.substr(0, dot);
}

/// Whether `module` is `path` or inside it. Every module is inside the root, "".
bool within(std::string_view module, std::string_view path) {
    return path.empty() ||
           (module.starts_with(path) && (module.size() == path.size() || module[path.size()] == '.'));
}

/// PyTorch's `Module.__repr__`: a module without children is one line; otherwise its details, each child and
/// the closing parenthesis have lines of their own.
class Printer {
public:
    explicit Printer(const std::vector<Module>& modules) : modules_(modules) {}

    std::vector<Line> lines() {
        print("", 0);
        return std::move(lines_);
    }

private:
    bool has_next_child(std::string_view path) const {
        return next_ < modules_.size() && parent(modules_[next_].path) == path;
    }

    void print(std::string_view prefix, int indent) {
        const Module& module = modules_[next_++];
        const std::string opening = fmt::format("{:{}}{}{}(", "", indent, prefix, module.type);
        if (!has_next_child(module.path)) {
            lines_.push_back({opening + module.details + ")", &module});
            return;
        }
        lines_.push_back({opening, &module});
        if (!module.details.empty())
            lines_.push_back({fmt::format("{:{}}{}", "", indent + 2, module.details)});
        while (has_next_child(module.path)) {
            const std::string& child = modules_[next_].path;
            print(fmt::format("({}): ", child.substr(child.rfind('.') + 1)), indent + 2);
        }
        lines_.push_back({fmt::format("{:{}})", "", indent)});
    }

    const std::vector<Module>& modules_;
    std::size_t next_ = 0;
    std::vector<Line> lines_;
};

/// Shape of the output of the module's last step, `[1, 64, 112, 112]`; empty if the module has no step.
std::string output_shape(const Architecture& architecture, const std::vector<Shape>& shapes,
                         const Module& module) {
    const auto& steps = architecture.steps;
    const auto last = std::find_if(steps.rbegin(), steps.rend(),
                                   [&](const Step& step) { return within(step.module, module.path); });
    if (last == steps.rend()) return "";
    const Shape& shape = shapes[last->output];
    // In PyTorch the output of global pooling that does not flatten, and of a head that is a 1×1 convolution,
    // is [1, C, 1, 1].
    const bool pools = last->operation == Operation::global_average_pool &&
                       module.details.find("flatten=Flatten") == std::string::npos;
    const bool one_pixel =
        last->module == module.path && (pools || (shape.size() == 1 && module.type == "Conv2d"));
    return fmt::format("[1, {}{}]", fmt::join(shape, ", "), one_pixel ? ", 1, 1" : "");
}

std::string parameter_count(const Architecture& architecture, const Module& module) {
    std::int64_t count = 0;
    for (const Parameter& parameter : architecture.parameters)
        if (parameter.trainable() && within(parent(parameter.name), module.path))
            count += parameter.element_count();
    return count == 0 ? "" : grouped_digits(count);
}

}  // namespace

std::string print_model(const Architecture& architecture) {
    std::string text;
    for (const Line& line : Printer(architecture.modules).lines()) text += line.text + "\n";
    return text;
}

std::string summary(const Architecture& architecture, int height, int width) {
    const std::vector<Line> lines = Printer(architecture.modules).lines();
    const std::vector<Shape> shapes = value_shapes(architecture, height, width);
    std::size_t text_width = 0;
    for (const Line& line : lines) text_width = std::max(text_width, line.text.size());

    const auto row = [&](std::string_view text, std::string_view shape, std::string_view count) {
        std::string columns = fmt::format("{:<{}}  {:<20}{:>14}", text, text_width, shape, count);
        columns.erase(columns.find_last_not_of(' ') + 1);
        return columns + "\n";
    };
    std::string text = row("", "output shape", "parameters");
    for (const Line& line : lines) {
        const bool opens = line.module != nullptr;
        text += row(line.text, opens ? output_shape(architecture, shapes, *line.module) : "",
                    opens ? parameter_count(architecture, *line.module) : "");
    }
    return text;
}

std::string grouped_digits(std::int64_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

}  // namespace imnet
