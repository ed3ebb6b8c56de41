#include "models/published_weights.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "base/errors.h"
#include "models/embedded.h"

namespace imnet {
namespace {

template <typename Number>
Number parse(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw std::logic_error("weights/published.tsv: not a number: " + std::string(text));
    }
    return number;
}

std::array<float, 3> parse_triple(std::string_view text) {
    std::array<float, 3> triple{};
    for (float& value : triple) {
        const std::size_t end = std::min(text.find(','), text.size());
        value = parse<float>(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return triple;
}

std::optional<Accuracy> parse_accuracy(std::string_view top1, std::string_view top5) {
    if (top1 == "-") return std::nullopt;
    return Accuracy{parse<double>(top1), parse<double>(top5)};
}

// "232": the short side; "224x224": both sides, whatever the shape of the picture.
void parse_resize(std::string_view text, Preprocessing& preprocessing) {
    const std::size_t both = text.find('x');
    preprocessing.short_side = parse<int>(text.substr(0, both));
    if (both != std::string_view::npos) preprocessing.crop_mode = CropMode::squash;
}

PublishedWeights parse_row(const std::vector<std::string_view>& fields) {
    std::size_t column = 0;
    const auto next = [&] { return fields.at(column++); };
    PublishedWeights row;
    row.model = next();
    row.name = next();
    row.publisher = next();
    row.family = next();
    row.is_default = next() == "default";
    row.classes = parse<int>(next());
    row.parameters = parse<std::int64_t>(next());
    const std::string_view top1 = next();
    row.accuracy = parse_accuracy(top1, next());
    row.mebibytes = parse<double>(next());
    parse_resize(next(), row.preprocessing);
    row.preprocessing.image_size = parse<int>(next());
    const std::string_view test_top1 = next();
    row.test_accuracy = parse_accuracy(test_top1, next());
    const std::string_view test_short_side = next();
    const std::string_view test_size = next();
    row.preprocessing.interpolation = parse_interpolation(next()).value();
    row.preprocessing.mean = parse_triple(next());
    row.preprocessing.std = parse_triple(next());
    if (test_size != "-") {
        row.test_preprocessing = row.preprocessing;
        row.test_preprocessing->short_side = parse<int>(test_short_side);
        row.test_preprocessing->image_size = parse<int>(test_size);
    }
    row.licence = next();
    row.sha256 = next();
    row.file = next();
    row.url = next();
    return row;
}

template <typename Predicate>
const PublishedWeights* find_row(Predicate matches) {
    const std::span<const PublishedWeights> rows = published_weights();
    const auto found = std::find_if(rows.begin(), rows.end(), matches);
    return found == rows.end() ? nullptr : &*found;
}

}  // namespace

std::string_view without_publisher(std::string_view model) {
    constexpr std::string_view prefix = "timm/";
    return model.starts_with(prefix) ? model.substr(prefix.size()) : model;
}

std::string PublishedWeights::full_name() const {
    return fmt::format("{}.{}", without_publisher(model), name);
}

std::span<const PublishedWeights> published_weights() {
    static const std::vector<PublishedWeights> rows = [] {
        std::vector<PublishedWeights> parsed;
        for (const auto& fields : table_rows(published_weights_table)) parsed.push_back(parse_row(fields));
        return parsed;
    }();
    return rows;
}

const PublishedWeights* find_published(std::string_view model, std::string_view name) {
    return find_row([&](const PublishedWeights& row) { return row.model == model && row.name == name; });
}

const PublishedWeights* default_weights(std::string_view model) {
    return find_row([&](const PublishedWeights& row) { return row.model == model && row.is_default; });
}

const PublishedWeights& published_named(std::string_view model, std::string_view name) {
    const PublishedWeights* weights = name.empty() ? default_weights(model) : find_published(model, name);
    if (weights != nullptr) return *weights;
    std::string known;
    for (const PublishedWeights& row : published_weights()) {
        if (row.model == model) known.append(known.empty() ? "" : ", ").append(row.name);
    }
    if (known.empty()) {
        throw ModelError(fmt::format(
            "{}: no published weights of it are known: give a checkpoint with --weights FILE, or use "
            "--no-weights for random ones",
            model));
    }
    throw ModelError(
        fmt::format("{}: there is no such file, and no published weights of {} with this name: it has {}",
                    name, model, known));
}

bool may_be_published(std::string_view model, std::uint64_t bytes) {
    const double mebibytes = static_cast<double>(bytes) / (1 << 20U);
    // The table's sizes are rounded to three digits.
    return find_row([&](const PublishedWeights& row) {
               return row.model == model && row.sha256 != "-" && std::abs(row.mebibytes - mebibytes) < 2e-3;
           }) != nullptr;
}

const PublishedWeights* identify_by_hash(std::string_view model, std::string_view sha256) {
    return find_row([&](const PublishedWeights& row) {
        return row.model == model && row.sha256 != "-" && sha256.starts_with(row.sha256);
    });
}

}  // namespace imnet
