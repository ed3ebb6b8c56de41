#include "images/find.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include <dirent.h>
#include <strings.h>
#include <sys/stat.h>

namespace imnet {
namespace {

constexpr std::array<std::string_view, 14> image_endings{".jpg",  ".jpeg", ".jpe", ".jfif", ".png",
                                                         ".webp", ".gif",  ".bmp", ".dib",  ".tga",
                                                         ".pnm",  ".ppm",  ".pgm", ".pbm"};

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

std::string join(const std::string& folder, const std::string& name) {
    return folder.ends_with('/') ? folder + name : folder + '/' + name;
}

bool is_folder(const dirent& entry, const std::string& path, bool follow) {
    if (entry.d_type == DT_DIR) return true;
    struct stat status {};
    if (entry.d_type == DT_UNKNOWN) {
        return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    }
    return entry.d_type == DT_LNK && follow && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// A link to a folder that is not to be entered is no image, whatever its name.
bool links_to_folder(const dirent& entry, const std::string& path) {
    struct stat status {};
    return entry.d_type == DT_LNK && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

bool has_image_ending(std::string_view name) {
    return std::any_of(image_endings.begin(), image_endings.end(), [&](std::string_view ending) {
        return name.size() > ending.size() &&
               ::strncasecmp(name.data() + name.size() - ending.size(), ending.data(), ending.size()) == 0;
    });
}

ImageFinder::ImageFinder(std::vector<std::string> paths, FindOptions options)
    : paths_(std::move(paths)), options_(std::move(options)) {}

std::optional<Input> ImageFinder::next() {
    while (true) {
        if (auto found = next_in_folders()) {
            ++found_in_path_;
            return found;
        }
        if (next_path_ > 0 && found_in_path_ == 0) empty_folders_.push_back(paths_[next_path_ - 1]);
        if (next_path_ == paths_.size()) {
            found_in_path_ = 1;  // the last folder is reported once
            return std::nullopt;
        }
        const std::string& path = paths_[next_path_++];
        found_in_path_ = 0;
        struct stat status {};
        if (path != "-" && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
            if (auto failed = enter(path)) {
                found_in_path_ = 1;
                failed->named = true;
                return failed;
            }
            continue;
        }
        found_in_path_ = 1;
        return Input{path, true, std::nullopt};  // what is wrong with it shows when it is read
    }
}

// Opens a folder for the walk; returns an input only where that fails.
std::optional<Input> ImageFinder::enter(std::string path) {
    const std::unique_ptr<DIR, CloseFolder> listing(::opendir(path.c_str()));
    struct stat status {};
    if (!listing || ::fstat(::dirfd(listing.get()), &status) != 0) {
        return Input{std::move(path), false, error_from_errno(errno)};
    }
    if (is_being_walked(status.st_dev, status.st_ino)) return std::nullopt;
    if (is_excepted(status.st_dev, status.st_ino)) return std::nullopt;
    Folder folder{std::move(path), {}, status.st_dev, status.st_ino};
    errno = 0;
    while (const dirent* entry = ::readdir(listing.get())) {
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        const std::string whole = join(folder.path, entry->d_name);
        if (is_folder(*entry, whole, options_.follow)) {
            if (options_.recursive) folder.entries.push_back({std::string(name), true});
        } else if ((options_.all_names || has_image_ending(name)) && !links_to_folder(*entry, whole)) {
            folder.entries.push_back({std::string(name), false});
        }
        errno = 0;
    }
    if (errno != 0) return Input{std::move(folder.path), false, error_from_errno(errno)};
    // A folder sorts as its paths do, with the slash: "a.jpg" stands before "a/b.jpg".
    const auto key = [](const Entry& entry) { return entry.is_folder ? entry.name + '/' : entry.name; };
    std::sort(folder.entries.begin(), folder.entries.end(),
              [&](const Entry& a, const Entry& b) { return key(a) > key(b); });
    open_folders_.push_back(std::move(folder));
    return std::nullopt;
}

std::optional<Input> ImageFinder::next_in_folders() {
    while (!open_folders_.empty()) {
        Folder& folder = open_folders_.back();
        if (folder.entries.empty()) {
            open_folders_.pop_back();
            continue;
        }
        const Entry entry = std::move(folder.entries.back());
        folder.entries.pop_back();
        std::string path = join(folder.path, entry.name);
        if (!entry.is_folder) return Input{std::move(path), false, std::nullopt};
        if (auto failed = enter(std::move(path))) return failed;
    }
    return std::nullopt;
}

bool ImageFinder::is_being_walked(dev_t device, ino_t inode) const {
    return std::any_of(open_folders_.begin(), open_folders_.end(), [&](const Folder& folder) {
        return folder.device == device && folder.inode == inode;
    });
}

bool ImageFinder::is_excepted(dev_t device, ino_t inode) const {
    struct stat status {};
    return !options_.except.empty() && ::stat(options_.except.c_str(), &status) == 0 &&
           status.st_dev == device && status.st_ino == inode;
}

}  // namespace imnet
