#include "models/labels.h"

#include <algorithm>
#include <charconv>
#include <fstream>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/utf8.h"
#include "models/embedded.h"

namespace imnet {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

Labels imagenet_labels() {
    Labels labels;
    labels.reserve(1000);
    for (const std::vector<std::string_view>& fields : table_rows(imagenet_classes_table)) {
        labels.push_back({std::string(fields.at(2)), std::string(fields.at(1))});
    }
    return labels;
}

std::vector<std::string> ilsvrc2012_wnids() {
    std::vector<std::string> wnids(1000);
    for (const std::vector<std::string_view>& fields : table_rows(imagenet_classes_table)) {
        std::size_t id = 0;
        std::from_chars(fields.at(3).data(), fields.at(3).data() + fields.at(3).size(), id);
        wnids.at(id - 1) = fields.at(1);
    }
    return wnids;
}

Labels numbered_labels(int classes) {
    Labels labels;
    for (int index = 0; index < classes; ++index) labels.push_back({fmt::format("class {}", index), ""});
    return labels;
}

Labels read_labels(const std::filesystem::path& path, int classes) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw ModelError(fmt::format("{}: the class names cannot be read", path.native()));
    Labels labels;
    std::string line;
    while (std::getline(file, line)) {
        if (line.ends_with('\r')) line.pop_back();
        if (labels.empty() && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);  // byte order mark
        if (line.empty()) {
            throw ModelError(fmt::format("{}: line {} is empty: one class name a line, in index order",
                                         path.native(), labels.size() + 1));
        }
        if (!is_utf8(line)) {
            throw ModelError(fmt::format("{}: line {} is not UTF-8", path.native(), labels.size() + 1));
        }
        labels.push_back({std::move(line), ""});
    }
    if (file.bad()) throw ModelError(fmt::format("{}: the class names cannot be read", path.native()));
    if (labels.size() != static_cast<std::size_t>(classes)) {
        throw ModelError(fmt::format("{}: {} class names for a model with {} outputs", path.native(),
                                     labels.size(), classes));
    }
    return labels;
}

std::vector<int> find_labels(const Labels& labels, std::string_view text) {
    std::vector<int> found;
    for (std::size_t index = 0; index < labels.size(); ++index) {
        const Label& label = labels[index];
        if (equal_ignoring_case(label.name, text) || (!label.wnid.empty() && label.wnid == text)) {
            found.push_back(static_cast<int>(index));
        }
    }
    if (!found.empty()) return found;
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error == std::errc{} && end == text.data() + text.size() && index < labels.size()) {
        found.push_back(static_cast<int>(index));
    }
    return found;
}

}  // namespace imnet
