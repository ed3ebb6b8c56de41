#include "datasets/target_list.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/lower_case.h"
#include "base/utf8.h"

namespace imnet {
namespace {

using Fields = std::vector<std::string>;

constexpr std::array<std::string_view, 8> path_columns{"path",     "file",    "filename", "file_name",
                                                       "filepath", "imageid", "image_id", "image"};
constexpr std::array<std::string_view, 7> target_columns{"label",  "class",    "class_name",      "wnid",
                                                         "target", "category", "predictionstring"};

std::optional<std::size_t> column_of(const Fields& header, std::span<const std::string_view> names) {
    for (const std::string_view name : names) {
        const auto found = std::find_if(header.begin(), header.end(),
                                        [&](const std::string& field) { return lower_case(field) == name; });
        if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
    }
    return std::nullopt;
}

std::string stem(std::string_view path) { return std::filesystem::path(path).stem().native(); }

std::string normal(std::string_view path) { return std::filesystem::path(path).lexically_normal().native(); }

}  // namespace

class TargetListReader {
public:
    TargetListReader(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // byte order mark
        const std::string first = text_.substr(at_, text_.find('\n', at_) - at_);
        if (first.find(',') != std::string::npos) {
            separator_ = ',';
        } else if (first.find('\t') != std::string::npos) {
            separator_ = '\t';
        } else if (const auto space = first.rfind(' '); first.find('.') < space) {
            separator_ = ' ';  // a.jpg 7
        }
    }

    TargetList read() {
        bool first = true;
        while (auto fields = next_record()) {
            if (fields->size() == 1 && fields->front().empty()) {
                if (separator_ == '\0' && at_ < text_.size()) refuse("an empty line");
                continue;
            }
            if (std::exchange(first, false) && take_header(*fields)) continue;
            add(*fields);
        }
        if (list_.entries_.empty()) throw UsageError(name_ + ": there are no labels in it");
        return std::move(list_);
    }

private:
    [[noreturn]] void refuse(const std::string& what) const {
        throw UsageError(fmt::format("{}: line {}: {}", name_, record_line_, what));
    }

    // The fields of the next record; a quoted field may span several lines.
    std::optional<Fields> next_record() {
        if (at_ >= text_.size()) return std::nullopt;
        record_line_ = ++line_;
        Fields fields;
        do fields.push_back(next_field());
        while (at_ < text_.size() && text_[at_ - 1] != '\n' && text_[at_ - 1] == separator_);
        if (separator_ == ' ' && fields.size() == 1) split_at_last_space(fields);
        for (const std::string& field : fields) {
            if (!is_utf8(field)) refuse("it is not UTF-8");
        }
        return fields;
    }

    // Reads a field, and the separator or end of line after it.
    std::string next_field() {
        std::string field;
        if (separator_ == ',' && text_[at_] == '"') field = quoted();
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '\n' || (c == separator_ && separator_ != ' ')) break;
            field += c;
        }
        if (field.ends_with('\r') && (at_ >= text_.size() || text_[at_ - 1] == '\n')) field.pop_back();
        return field;
    }

    std::string quoted() {
        std::string field;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\n') ++line_;
            if (text_[at_] == '"') {
                ++at_;
                if (at_ >= text_.size() || text_[at_] != '"') return field;
            }
            field += text_[at_];
        }
        refuse("a quote that is not closed");
    }

    static void split_at_last_space(Fields& fields) {
        const std::size_t space = fields[0].rfind(' ');
        if (space == std::string::npos) return;
        fields.push_back(fields[0].substr(space + 1));
        fields[0].resize(space);
    }

    bool take_header(const Fields& fields) {
        fields_ = fields.size();
        if (fields.size() < 2) {
            list_.by_line_ = list_.by_stem_ = true;
            return false;
        }
        const auto path = column_of(fields, path_columns);
        const auto target = column_of(fields, target_columns);
        if (!path || !target) return false;
        path_ = *path;
        target_ = *target;
        kaggle_ = list_.by_stem_ = lower_case(fields[target_]) == "predictionstring";
        header_ = true;
        return true;
    }

    void add(const Fields& fields) {
        if (!header_ && fields_ > 2) {
            refuse(fmt::format("{} fields without a header: give a header, or only path,label", fields_));
        }
        if (fields.size() != fields_) {
            refuse(fmt::format("{} {} instead of {}", fields.size(), fields.size() == 1 ? "field" : "fields",
                               fields_));
        }
        if (list_.by_line_) {
            return insert(fmt::format("ILSVRC2012_val_{:08}", list_.entries_.size() + 1), fields[0]);
        }
        const std::string& path = fields[path_];
        if (path.empty()) refuse("no path");
        list_.has_absolute_ = list_.has_absolute_ || path.starts_with('/');
        insert(list_.by_stem_ ? stem(path) : normal(path),
               kaggle_ ? only_class(fields[target_]) : fields[target_]);
    }

    // "n03995372 85 1 499 272 n03995372 …": boxes, each after its class.
    std::string only_class(const std::string& boxes) const {
        std::string wnid;
        std::size_t word_number = 0;
        for (std::size_t at = 0; at < boxes.size(); ++word_number) {
            const std::size_t end = std::min(boxes.find(' ', at), boxes.size());
            const std::string word = boxes.substr(at, end - at);
            at = boxes.find_first_not_of(' ', end);
            if (word_number % 5 != 0) continue;
            if (!wnid.empty() && word != wnid) refuse("two classes in one picture: " + wnid + ", " + word);
            wnid = word;
        }
        return wnid;
    }

    void insert(std::string path, const std::string& target) {
        if (target.empty()) refuse("no label");
        const auto [entry, fresh] =
            list_.entries_.try_emplace(std::move(path), TargetList::Entry{target, record_line_});
        if (fresh || entry->second.target == target) return;
        refuse(fmt::format("{} is {} here and {} in line {}", entry->first, target, entry->second.target,
                           entry->second.line));
    }

    std::string name_;
    std::string text_;
    char separator_ = '\0';
    std::size_t at_ = 0;
    std::size_t line_ = 0;
    std::size_t record_line_ = 0;
    std::size_t fields_ = 0;
    std::size_t path_ = 0;
    std::size_t target_ = 1;
    bool header_ = false;
    bool kaggle_ = false;
    TargetList list_;
};

TargetList TargetList::read(const std::filesystem::path& file) {
    std::error_code ignored;
    std::ifstream stream;
    if (!std::filesystem::is_directory(file, ignored)) stream.open(file, std::ios::binary);
    if (!stream.is_open()) throw UsageError(fmt::format("{}: the labels cannot be read", file.native()));
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    return TargetListReader(file.native(), std::move(text)).read();
}

const std::pair<const std::string, TargetList::Entry>* TargetList::find(std::string_view path,
                                                                        std::string_view folder) const {
    const auto entry = [&](const std::string& key) {
        const auto found = entries_.find(key);
        return found == entries_.end() ? nullptr : &*found;
    };
    if (by_stem_) return entry(stem(path));
    if (const auto* found = entry(normal(path_below(path, folder)))) return found;
    if (const auto* found = entry(normal(path))) return found;
    return has_absolute_ ? entry(normal(std::filesystem::absolute(path).native())) : nullptr;
}

std::string_view path_below(std::string_view path, std::string_view folder) {
    if (!path.starts_with(folder)) return path;
    path.remove_prefix(folder.size());
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    return path;
}

}  // namespace imnet
