#include "sorting/sorted_names.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "base/utf8.h"
#include "inputs/find.h"

namespace imnet {
namespace {

constexpr std::size_t most_bytes = 200;  // 255 are allowed, but an index may be added

bool is_control(unsigned char byte) { return byte < 0x20 || byte == 0x7F; }

// U+0080 to U+009F are control characters, too: two bytes in UTF-8.
void replace_c1_controls(std::string& name) {
    for (std::size_t i = 0; i + 1 < name.size(); ++i) {
        if (name[i] == '\xC2' && static_cast<unsigned char>(name[i + 1]) < 0xA0) name.replace(i, 2, "_");
    }
}

std::string folder_name(const std::string& class_name) {
    std::string name = replace_invalid_utf8(class_name);
    replace_c1_controls(name);
    std::replace_if(
        name.begin(), name.end(),
        [](char letter) { return letter == '/' || is_control(static_cast<unsigned char>(letter)); }, '_');
    if (name.empty()) return "_";
    if (name[0] == '.') name[0] = '_';  // neither '.' nor '..' nor hidden
    return std::string(whole_characters(name, most_bytes));
}

std::string_view ending_of(PictureFormat format) {
    switch (format) {
        case PictureFormat::jpeg: return ".jpg";
        case PictureFormat::png: return ".png";
        case PictureFormat::webp: return ".webp";
        case PictureFormat::gif: return ".gif";
        case PictureFormat::bmp: return ".bmp";
        case PictureFormat::tga: return ".tga";
        case PictureFormat::pnm: return ".pnm";
        case PictureFormat::tiff: return ".tif";
        case PictureFormat::jpeg2000: return ".jp2";
        case PictureFormat::jxl: return ".jxl";
        case PictureFormat::heif: return ".heic";
        case PictureFormat::raw: return ".raw";
        case PictureFormat::unknown: break;
    }
    return "";
}

}  // namespace

std::vector<std::string> folder_names(const ClassNames& class_names) {
    std::vector<std::string> names;
    names.reserve(class_names.size());
    for (const ClassName& class_name : class_names) names.push_back(folder_name(class_name.name));
    // A name with an index, such as "a (1)", may itself be the name of another class, so all are compared
    // again.
    for (bool all_distinct = false; !all_distinct;) {
        all_distinct = true;
        std::unordered_map<std::string, int> count;
        for (const std::string& name : names) ++count[name];
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (count[names[i]] == 1) continue;
            names[i] += fmt::format(" ({})", i);
            all_distinct = false;
        }
    }
    return names;
}

std::string numbered_name(const std::string& file, int number) {
    if (number == 1) return file;
    constexpr std::size_t longest = 255;
    const std::filesystem::path name(file);
    const std::string ending = fmt::format("-{}{}", number, name.extension().native());
    const std::string stem = name.stem().native();
    return std::string(whole_characters(stem, longest - std::min(longest, ending.size()))) + ending;
}

std::string name_of_stream(const std::string& file, PictureFormat format) {
    const std::string name = file == "-" ? "stdin" : file;
    return has_image_ending(name) ? name : name + std::string(ending_of(format));
}

}  // namespace imnet
