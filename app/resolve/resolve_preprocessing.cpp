#include "resolve/resolve_preprocessing.h"

#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "base/errors.h"
#include "resolve/numbers.h"

namespace imnet::app {
namespace {

// Larger images are hardly meant, and none is smaller than what the strides of a net leave one cell of.
constexpr int smallest_size = 32;
constexpr int largest_size = 4096;

std::optional<int> resolve_pixels(const std::optional<std::int64_t>& typed, std::string_view option,
                                  int smallest, int largest) {
    if (!typed) return std::nullopt;
    return number_in_range(typed, option, smallest, largest, 0);
}

std::vector<std::string_view> between_commas(std::string_view text) {
    std::vector<std::string_view> parts;
    for (std::size_t comma = text.find(','); comma != std::string_view::npos; comma = text.find(',')) {
        parts.push_back(text.substr(0, comma));
        text.remove_prefix(comma + 1);
    }
    parts.push_back(text);
    return parts;
}

// One number for all channels, or three.
std::optional<std::array<float, 3>> resolve_channels(const std::optional<std::string>& typed,
                                                     std::string_view option) {
    if (!typed) return std::nullopt;
    std::vector<float> numbers;
    for (std::string_view part : between_commas(*typed)) {
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        double number = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
        const bool whole = error == std::errc{} && end == part.data() + part.size();
        if (!whole) break;
        numbers.push_back(static_cast<float>(number));
    }
    const auto parts = between_commas(*typed).size();
    if (numbers.size() != parts || (parts != 1 && parts != 3)) {
        throw UsageError(
            fmt::format("{} {}: it takes one number, or three separated by commas for red, green and blue",
                        option, *typed));
    }
    if (parts == 1) return std::array{numbers[0], numbers[0], numbers[0]};
    return std::array{numbers[0], numbers[1], numbers[2]};
}

std::optional<CropMode> resolve_fit(const Options& options) {
    if (!options.fit) return std::nullopt;
    if (options.fit == "squash") return CropMode::squash;
    return options.fit == "pad" ? CropMode::border : CropMode::center;
}

}  // namespace

StatedPreprocessing resolve_preprocessing(const Options& options) {
    if (options.test_size && options.size) throw UsageError("--size and --test-size contradict each other");
    StatedPreprocessing stated;
    stated.image_size = resolve_pixels(options.size, "--size", smallest_size, largest_size);
    stated.short_side = resolve_pixels(options.short_side, "--short-side", 1, 2 * largest_size);
    if (options.crop_pct) stated.crop_pct = real_in_range(options.crop_pct, "--crop-pct", 0.1, 10, 1);
    stated.crop_mode = resolve_fit(options);
    if (options.interpolation) stated.interpolation = parse_interpolation(*options.interpolation);
    stated.mean = resolve_channels(options.mean, "--mean");
    stated.std = resolve_channels(options.std, "--std");
    check_stated(stated);
    return stated;
}

}  // namespace imnet::app
