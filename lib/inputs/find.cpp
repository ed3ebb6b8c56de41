#include "inputs/find.h"

#include <algorithm>
#include <utility>

#include <sys/stat.h>

namespace imnet {
namespace {

std::string join(const std::string& folder, const std::string& name) {
    return folder.ends_with('/') ? folder + name : folder + '/' + name;
}

NextPath one_after_the_other(std::vector<std::string> paths) {
    return [paths = std::move(paths), next = std::size_t{0}](Wait) mutable -> std::optional<std::string> {
        if (next == paths.size()) return std::nullopt;
        return std::move(paths[next++]);
    };
}

}  // namespace

ImageFinder::ImageFinder(NextPath next_path, FindOptions options)
    : next_path_(std::move(next_path)), options_(std::move(options)) {}

ImageFinder::ImageFinder(std::vector<std::string> paths, FindOptions options)
    : ImageFinder(one_after_the_other(std::move(paths)), std::move(options)) {}

std::optional<Input> ImageFinder::next(Wait wait) {
    while (true) {
        if (auto found = next_in_folders()) {
            barren_.reset();
            return found;
        }
        if (barren_) empty_folders_.push_back(*std::exchange(barren_, std::nullopt));
        auto path = next_path_(wait);
        if (!path) return std::nullopt;
        if (const std::size_t end = path->find('\0'); end != std::string::npos) {
            return Input{
                path->substr(0, end), true,
                InputError{InputErrorKind::not_found,
                           "the path contains a NUL byte: if NUL bytes separate the paths, use --null"}};
        }
        struct stat status {};
        if (*path == "-" || ::stat(path->c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
            return Input{std::move(*path), true};  // errors are found when it is read
        }
        if (auto failed = enter(*path)) {
            failed->named = true;
            return failed;
        }
        barren_ = std::move(path);
    }
}

// Opens a folder for the walk. Returns an input only if that fails.
std::optional<Input> ImageFinder::enter(std::string path) {
    auto folder = Folder::open(path, options_);
    if (!folder) return Input{std::move(path), false, std::move(folder.error())};
    if (!options_.except.empty() && folder->is_at(options_.except)) return std::nullopt;
    if (!is_being_walked(*folder)) open_folders_.push_back({std::move(path), std::move(*folder)});
    return std::nullopt;
}

std::optional<Input> ImageFinder::next_in_folders() {
    while (!open_folders_.empty()) {
        OpenFolder& open = open_folders_.back();
        auto entry = open.folder.next();
        if (!entry || !*entry) {
            std::string path = std::move(open.path);
            open_folders_.pop_back();
            if (!entry) return Input{std::move(path), false, std::move(entry.error())};
            continue;
        }
        std::string path = join(open.path, (*entry)->name);
        if ((*entry)->kind != FolderEntry::Kind::folder) return Input{std::move(path)};
        if (auto failed = enter(std::move(path))) return failed;
    }
    return std::nullopt;
}

bool ImageFinder::is_being_walked(const Folder& folder) const {
    return std::any_of(open_folders_.begin(), open_folders_.end(),
                       [&](const OpenFolder& open) { return open.folder.is(folder); });
}

}  // namespace imnet
