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

PublishedWeights parse_row(const std::vector<std::string_view>& fields) {
    PublishedWeights row;
    row.model = fields.at(0);
    row.name = fields.at(1);
    row.is_default = fields.at(2) == "default";
    row.parameters = parse<std::int64_t>(fields.at(3));
    row.accuracy_top1 = parse<double>(fields.at(4));
    row.accuracy_top5 = parse<double>(fields.at(5));
    row.mebibytes = parse<double>(fields.at(6));
    row.preprocessing.short_side = parse<int>(fields.at(7));
    row.preprocessing.image_size = parse<int>(fields.at(8));
    row.preprocessing.interpolation = parse_interpolation(fields.at(9)).value();
    row.preprocessing.mean = parse_triple(fields.at(10));
    row.preprocessing.std = parse_triple(fields.at(11));
    row.sha256 = fields.at(12);
    row.file = fields.at(13);
    row.url = fields.at(14);
    return row;
}

template <typename Predicate>
const PublishedWeights* find_row(Predicate matches) {
    const std::span<const PublishedWeights> rows = published_weights();
    const auto found = std::find_if(rows.begin(), rows.end(), matches);
    return found == rows.end() ? nullptr : &*found;
}

}  // namespace

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
    throw ModelError(
        fmt::format("{}: there is no such file, and no published weights of {} with this name: it has {}",
                    name, model, known));
}

Preprocessing default_preprocessing(std::string_view model) {
    const PublishedWeights* weights = default_weights(model);
    return weights != nullptr ? weights->preprocessing : Preprocessing{};
}

bool may_be_published(std::string_view model, std::uint64_t bytes) {
    const double mebibytes = static_cast<double>(bytes) / (1 << 20U);
    // The table's sizes are rounded to three digits.
    return find_row([&](const PublishedWeights& row) {
               return row.model == model && std::abs(row.mebibytes - mebibytes) < 2e-3;
           }) != nullptr;
}

const PublishedWeights* identify_by_hash(std::string_view model, std::string_view sha256) {
    return find_row([&](const PublishedWeights& row) {
        return row.model == model && row.sha256 != "-" && sha256.starts_with(row.sha256);
    });
}

}  // namespace imnet
