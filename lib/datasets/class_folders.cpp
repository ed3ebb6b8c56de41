#include "datasets/class_folders.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <numeric>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/lower_case.h"
#include "base/split_mix.h"
#include "inputs/find.h"
#include "inputs/left_by_tools.h"

namespace imnet {
namespace {

constexpr std::string_view layout = "pictures are expected as DIR/CLASS/PICTURE";

/// The direct contents of the folder with the classes.
struct TopLevel {
    std::vector<std::string> folders;  ///< names, sorted
    int pictures = 0;                  ///< pictures beside the folders
    int hidden_folders = 0;
};

TopLevel list_top_level(const std::string& folder) {
    TopLevel found;
    std::error_code error;
    std::filesystem::directory_iterator entries(folder, error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
        std::string name = entries->path().filename().native();
        std::error_code ignored;
        if (const auto left = left_by_tools(name); !left.empty()) {
            if (entries->is_directory(ignored) || has_image_ending(name)) note_passed_over(left);
        } else if (!entries->is_directory(ignored)) {
            if (has_image_ending(name)) ++found.pictures;
        } else if (name.starts_with('.')) {
            ++found.hidden_folders;
        } else {
            found.folders.push_back(std::move(name));
        }
    }
    if (error) throw UsageError(fmt::format("{}: {}: {}", folder, error.message(), layout));
    std::ranges::sort(found.folders);
    return found;
}

/// "a, b, c and 4 more".
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 5;
    std::string text = names.front();
    for (std::size_t i = 1; i < std::min(names.size(), shown); ++i) text += ", " + names[i];
    if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
    return text;
}

std::string counted(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

constexpr std::string_view training_parts[] = {"train", "training"};
constexpr std::string_view held_back_parts[] = {"val",     "valid", "validation", "test",
                                                "testing", "eval",  "evaluation", "dev"};

bool is_one_of(std::span<const std::string_view> parts, const std::string& folder) {
    return std::ranges::find(parts, lower_case(folder)) != parts.end();
}

/// Refuses folders that are the parts of a data set (train, val …), and not its classes.
void refuse_parts_of_data_set(const std::string& folder, const std::vector<std::string>& folders) {
    const auto is_train = [](const std::string& name) { return is_one_of(training_parts, name); };
    const auto is_held_back = [](const std::string& name) { return is_one_of(held_back_parts, name); };
    const auto train = std::ranges::find_if(folders, is_train);
    const auto held_back = std::ranges::find_if(folders, is_held_back);
    const bool all = std::ranges::all_of(
        folders, [&](const std::string& name) { return is_train(name) || is_held_back(name); });
    if (train == folders.end() || !all) return;
    const std::string validate =
        held_back == folders.end() ? "" : fmt::format(" (and --val {}/{} to validate)", folder, *held_back);
    throw UsageError(
        fmt::format("{0}: it holds the parts of a data set ({1}), not class folders: give one of them, "
                    "such as {0}/{2}{3}",
                    folder, listed(folders), *train, validate));
}

TopLevel list_class_folders(const std::string& folder) {
    TopLevel found = list_top_level(folder);
    if (found.folders.empty()) {
        throw UsageError(fmt::format(
            "{}: no class folders in it{}: {}", folder,
            found.pictures == 0 ? " and no pictures" : ", only " + counted(found.pictures, "picture"),
            layout));
    }
    refuse_parts_of_data_set(folder, found.folders);
    return found;
}

std::vector<std::string> notes_on(const TopLevel& found, const std::string& folder) {
    std::vector<std::string> notes;
    if (found.pictures > 0) {
        notes.push_back(fmt::format("{}: {} outside the class folders left out", folder,
                                    counted(found.pictures, "picture")));
    }
    if (found.hidden_folders > 0) {
        notes.push_back(
            fmt::format("{}: {} left out", folder, counted(found.hidden_folders, "hidden folder")));
    }
    return notes;
}

/// Adds the pictures of one class; gives false where there are none.
bool add_images(const std::string& folder, int target, std::vector<LabelledImage>& images) {
    ImageFinder finder({folder}, FindOptions{.follow = true});
    const std::size_t before = images.size();
    while (auto input = finder.next()) {
        if (input->error) throw UsageError(fmt::format("{}: {}", input->path, input->error->message));
        images.push_back({std::move(input->path), target});
    }
    return images.size() > before;
}

std::string joined(const std::string& folder, const std::string& name) {
    return folder.ends_with('/') ? folder + name : folder + '/' + name;
}

/// The length in bytes of the folder that all paths have in common.
std::size_t common_folder_length(std::span<const LabelledImage> images) {
    if (images.empty()) return 0;
    std::string_view common = images[0].path;
    for (const LabelledImage& image : images) {
        const auto end = std::ranges::mismatch(common, image.path).in1;
        common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
    }
    return common.rfind('/') + 1;  // 0 where there is no slash
}

std::uint64_t split_key(std::string_view path, std::uint64_t seed) {
    std::uint64_t key = mix_bits(seed);  // FNV-1a from here on
    for (const char byte : path) key = (key ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
    return mix_bits(key);
}

}  // namespace

ClassFolders read_class_folders(const std::string& folder) {
    const TopLevel found = list_class_folders(folder);
    if (found.folders.size() == 1) {
        throw UsageError(fmt::format("{}: only one class ({}), but training needs at least two: {}", folder,
                                     found.folders.front(), layout));
    }
    ClassFolders result{found.folders, {}, notes_on(found, folder)};
    std::vector<std::string> empty;
    for (std::size_t target = 0; target < result.classes.size(); ++target) {
        const std::string& name = result.classes[target];
        if (!add_images(joined(folder, name), static_cast<int>(target), result.images)) empty.push_back(name);
    }
    if (!empty.empty()) {
        throw UsageError(fmt::format("{}: no pictures in {} of {} class folders ({}): fill or remove {}",
                                     folder, empty.size(), result.classes.size(), listed(empty),
                                     empty.size() == 1 ? "it" : "them"));
    }
    return result;
}

ClassFolders read_validation_folders(const std::string& folder, const std::vector<std::string>& classes) {
    const TopLevel found = list_class_folders(folder);
    ClassFolders result{classes, {}, notes_on(found, folder)};
    std::vector<std::string> unknown;
    for (const std::string& name : found.folders)
        if (std::ranges::find(classes, name) == classes.end()) unknown.push_back(name);
    if (!unknown.empty()) {
        throw UsageError(
            fmt::format("{}: folders that are not classes of the training pictures: {}: rename or remove {}",
                        folder, listed(unknown), unknown.size() == 1 ? "it" : "them"));
    }
    std::vector<std::string> missing;
    for (std::size_t target = 0; target < classes.size(); ++target) {
        const std::string& name = classes[target];
        const bool there = std::ranges::binary_search(found.folders, name);
        if (!there || !add_images(joined(folder, name), static_cast<int>(target), result.images))
            missing.push_back(name);
    }
    if (result.images.empty()) throw UsageError(fmt::format("{}: no pictures in it: {}", folder, layout));
    if (!missing.empty()) {
        result.notes.push_back(fmt::format("{}: no pictures of {} of {} classes ({})", folder, missing.size(),
                                           classes.size(), listed(missing)));
    }
    return result;
}

Split split_stratified(std::span<const LabelledImage> images, int classes, double fraction,
                       std::uint64_t seed) {
    std::vector<std::vector<std::pair<std::uint64_t, std::size_t>>> keys(static_cast<std::size_t>(classes));
    const std::size_t common = common_folder_length(images);
    for (std::size_t i = 0; i < images.size(); ++i) {
        keys[images[i].target].emplace_back(split_key(std::string_view(images[i].path).substr(common), seed),
                                            i);
    }
    std::vector<bool> held_back(images.size());
    for (auto& of_class : keys) {
        if (of_class.size() < 2) continue;
        const auto count = static_cast<long>(of_class.size());
        const long wanted = std::clamp(std::lround(fraction * static_cast<double>(count)), 1L, count - 1);
        std::ranges::sort(of_class);
        for (long i = 0; i < wanted; ++i) held_back[of_class[i].second] = true;
    }
    Split split;
    for (std::size_t i = 0; i < images.size(); ++i)
        (held_back[i] ? split.validation : split.train).push_back(images[i]);
    return split;
}

std::vector<std::uint32_t> epoch_order(std::uint32_t count, std::uint64_t seed, std::uint64_t epoch) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    SplitMix64 random(mix_bits(seed, epoch));
    for (std::uint32_t left = count; left > 1; --left) std::swap(order[left - 1], order[random.below(left)]);
    return order;
}

}  // namespace imnet
