#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"
#include "base/lower_case.h"
#include "base/output_file.h"
#include "cli/say.h"
#include "commands/commands.h"
#include "models/bundled_model.h"
#include "models/published_weights.h"
#include "models/weight_cache.h"
#include "resolve/resolve_models.h"

namespace imnet::app {
namespace {

using Rows = std::vector<const PublishedWeights*>;

constexpr std::string_view column_format = "{:<{}}{:<{}}{:>7}{:>5}{:>14}{:>5}{:>6}{:>6} {}\n";

bool has_all(const std::vector<std::string>& words, const std::string& text) {
    const std::string searched = lower_case(text);
    return std::ranges::all_of(
        words, [&](const std::string& word) { return searched.find(lower_case(word)) != std::string::npos; });
}

Rows matching_rows(const std::vector<std::string>& words) {
    Rows rows;
    for (const PublishedWeights& row : published_weights()) {
        if (has_all(words, fmt::format("{} {}/{}", row.family, row.publisher, row.full_name())))
            rows.push_back(&row);
    }
    return rows;
}

std::vector<std::string_view> unpublished_architectures(const std::vector<std::string>& words) {
    std::vector<std::string_view> names = architecture_names();
    std::erase_if(names, [&](std::string_view name) {
        return default_weights(name) != nullptr || !has_all(words, std::string(name));
    });
    return names;
}

// Both accuracies, or why there are none.
std::string accuracies(const PublishedWeights& row) {
    if (row.accuracy) return fmt::format("{:>7.2f}{:>6.2f}", row.accuracy->top1, row.accuracy->top5);
    return row.classes == 1000 ? "-" : fmt::format("{} classes", row.classes);
}

std::string millions(std::int64_t parameters) {
    return fmt::format("{:.1f}M", static_cast<double>(parameters) / 1e6);
}

std::string short_size(double mebibytes) {
    return fmt::format("{:.{}f}", mebibytes, mebibytes < 1000 ? 1 : 0);
}

// The two columns of names are as wide as the rows that are listed need.
struct Widths {
    std::size_t model = std::string_view("model").size();
    std::size_t weights = std::string_view("weights*").size();
};

Widths widths_of(const Rows& rows) {
    Widths widths;
    for (const PublishedWeights* row : rows) {
        widths.model = std::max(widths.model, row->model.size());
        widths.weights = std::max(widths.weights, row->name.size() + (row->is_default ? 1 : 0));
    }
    return {widths.model + 1, widths.weights};
}

std::string text_row(const PublishedWeights& row, const Widths& widths) {
    const auto& test = row.test_preprocessing;
    return fmt::format(column_format, row.model, widths.model,
                       std::string(row.name) + (row.is_default ? "*" : ""), widths.weights,
                       millions(row.parameters), row.preprocessing.image_size, accuracies(row),
                       test ? fmt::format("{}", test->image_size) : "-",
                       row.test_accuracy ? fmt::format("{:.2f}", row.test_accuracy->top1) : "-",
                       short_size(row.mebibytes), find_checkpoint(row) ? "yes" : "no");
}

std::string as_text(const std::vector<std::string>& words, const Rows& rows) {
    const Widths widths = widths_of(rows);
    std::string text = fmt::format(column_format, "model", widths.model, "weights", widths.weights, "params",
                                   "size", "acc@1 acc@5", "test", "acc@1", "MiB", "here");
    std::string_view family;
    for (const PublishedWeights* row : rows) {
        if (row->family != family) text += fmt::format("\n{}\n", family = row->family);
        text += text_row(*row, widths);
    }
    const auto unpublished = unpublished_architectures(words);
    if (!unpublished.empty())
        text += fmt::format("\nWithout published weights: {}\n", fmt::join(unpublished, ", "));
    text +=
        "\n* the default weights of its model. --model takes the model, or both: resnet50.a1_in1k.\n"
        "  size: of the image in pixels, with the accuracy; test: the one of --test-size.\n";
    if (find_bundled_checkpoint()) {
        text += fmt::format("  The weights of {} come with imnet; --model {} is short for it.\n",
                            bundled_model, bundled_model_alias);
    }
    if (words.empty()) {
        text +=
            "  resnet50 with IMAGENET1K_V2 is a better training recipe for the post-activation net of 2015;\n"
            "  the pre-activation nets (ResNet50V2) are timm's resnetv2_50 and keras_resnet50v2.\n";
    }
    return text;
}

Json json_size(const Preprocessing& preprocessing, const std::optional<Accuracy>& accuracy) {
    return {{"image_size", preprocessing.image_size},
            {"short_side", preprocessing.short_side},
            {"crop_mode", name(preprocessing.crop_mode)},
            {"acc1", accuracy ? Json(accuracy->top1) : Json()},
            {"acc5", accuracy ? Json(accuracy->top5) : Json()}};
}

// The table's decimals, without the digits that float32 adds.
Json decimals(const std::array<float, 3>& values) {
    Json list = Json::array();
    for (const float value : values) list.push_back(std::round(value * 1e6) / 1e6);
    return list;
}

Json known_or_null(std::string_view text) { return text == "-" ? Json() : Json(text); }

Json json_row(const PublishedWeights& row) {
    const auto here = find_checkpoint(row);
    std::error_code unknown;
    const auto bytes = here ? std::filesystem::file_size(*here, unknown) : 0;
    return {{"name", row.full_name()},
            {"model", row.model},
            {"weights", row.name},
            {"publisher", row.publisher},
            {"family", row.family},
            {"default", row.is_default},
            {"classes", row.classes},
            {"parameters", row.parameters},
            {"training_size", json_size(row.preprocessing, row.accuracy)},
            {"test_size",
             row.test_preprocessing ? json_size(*row.test_preprocessing, row.test_accuracy) : Json()},
            {"interpolation", name(row.preprocessing.interpolation)},
            {"mean", decimals(row.preprocessing.mean)},
            {"std", decimals(row.preprocessing.std)},
            {"licence", known_or_null(row.licence)},
            {"mebibytes", row.mebibytes},
            {"sha256", known_or_null(row.sha256)},
            {"file", row.file},
            {"url", row.url},
            {"path", here ? Json(here->native()) : Json()},
            {"bytes", here && !unknown ? Json(bytes) : Json()}};
}

std::string as_json(const std::vector<std::string>& words, const Rows& rows) {
    Json list = Json::array();
    for (const PublishedWeights* row : rows) list.push_back(json_row(*row));
    for (const std::string_view name : unpublished_architectures(words)) {
        list.push_back(Json{{"name", name},
                            {"model", name},
                            {"weights", Json()},
                            {"parameters", architecture(name).parameter_count()}});
    }
    return list.dump(1) + '\n';
}

}  // namespace

int run_models(const ModelsRun& run) {
    const Rows rows = matching_rows(run.words);
    if (rows.empty() && unpublished_architectures(run.words).empty()) {
        say(fmt::format("no model has '{}' in its name, weights or family ('imnet models' lists them all)",
                        fmt::join(run.words, "' and '")));
        return 1;
    }
    OutputFile out("-");
    out.write(run.json ? as_json(run.words, rows) : as_text(run.words, rows));
    out.commit();
    return 0;
}

}  // namespace imnet::app
