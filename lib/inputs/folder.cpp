#include "inputs/folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>

#include "inputs/left_by_tools.h"

namespace imnet {
namespace {

constexpr std::string_view image_endings[] = {
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff", ".dng", ".nef", ".nrw", ".cr2",
    ".cr3", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k",
    ".j2c", ".jpc", ".jpf", ".jpx", ".gif", ".bmp", ".dib", ".tga", ".pnm", ".ppm", ".pgm", ".pbm", ".jif",
    ".jfi", ".hif", ".apng",
    // Not decoded: each is a row that says so, because somebody counts on it.
    ".ico", ".cur", ".icns", ".psd", ".psb", ".svg", ".svgz", ".xcf", ".dds", ".exr", ".hdr", ".qoi", ".pam",
    ".pfm", ".jxr", ".wdp", ".hdp", ".jls", ".mng", ".fits", ".eps", ".pcx", ".sgi", ".xpm", ".xbm", ".wmf",
    ".emf", ".crw", ".mrw", ".x3f", ".3fr", ".iiq", ".kdc", ".dcr", ".rwl", ".srf", ".sr2", ".mef", ".erf",
    ".fff", ".gpr"};
constexpr std::string_view archive_endings[] = {".tar.bz2", ".tbz2", ".tbz",     ".tar.xz", ".txz", ".tar",
                                                ".tar.gz",  ".tgz",  ".tar.zst", ".tzst",   ".zip"};

// An ending alone, such as ".jpg", is not the name of a picture.
bool ends_with_one_of(std::string_view name, std::span<const std::string_view> endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
        return name.size() > ending.size() &&
               ::strncasecmp(name.data() + name.size() - ending.size(), ending.data(), ending.size()) == 0;
    });
}

}  // namespace

bool has_image_ending(std::string_view name) { return ends_with_one_of(name, image_endings); }

bool has_archive_ending(std::string_view name) { return ends_with_one_of(name, archive_endings); }

Expected<Folder> Folder::open(const std::string& path, const FindOptions& options) {
    Folder folder;
    folder.listing_.reset(::opendir(path.c_str()));
    struct stat status {};
    if (!folder.listing_ || ::fstat(::dirfd(folder.listing_.get()), &status) != 0) {
        return tl::unexpected(error_from_errno(errno));
    }
    folder.device_ = status.st_dev;
    folder.inode_ = status.st_ino;
    folder.options_ = options;
    if (auto read = folder.read_page(); !read) return tl::unexpected(std::move(read.error()));
    return folder;
}

bool Folder::is_at(const std::string& path) const {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
}

Expected<std::optional<FolderEntry>> Folder::next() {
    if (page_.empty() && listing_) {
        ::rewinddir(listing_.get());
        if (auto read = read_page(); !read) {
            listing_.reset();
            return tl::unexpected(std::move(read.error()));
        }
    }
    if (page_.empty()) return std::nullopt;
    Place place = std::move(page_.back());
    page_.pop_back();
    if (place.kind != FolderEntry::Kind::file) place.key.pop_back();
    return FolderEntry{std::move(place.key), place.kind};
}

// Keeps the smallest entries after the last one that was returned, in a heap with the largest on top.
Expected<void> Folder::read_page() {
    bool more = false;
    errno = 0;
    while (const dirent* entry = ::readdir(listing_.get())) {
        const std::string_view name = entry->d_name;
        const bool full = page_.size() == options_.page;
        if (!is_candidate(*entry) || (name <= last_ && std::string(name) + '/' <= last_)) continue;
        if (full && name >= page_.front().key) {
            more = true;
            continue;
        }
        auto place = place_of(*entry);
        errno = 0;
        if (!place || place->key <= last_) continue;
        page_.push_back(std::move(*place));
        std::push_heap(page_.begin(), page_.end());
        if (!full) continue;
        std::pop_heap(page_.begin(), page_.end());
        page_.pop_back();
        more = true;
    }
    if (errno != 0) return tl::unexpected(error_from_errno(errno));
    std::sort_heap(page_.begin(), page_.end());
    page_.erase(std::unique(page_.begin(), page_.end()), page_.end());
    if (!page_.empty()) last_ = page_.back().key;
    std::reverse(page_.begin(), page_.end());
    if (!more) listing_.reset();
    return {};
}

// Decided by the name and the listing, without a system call for the file.
bool Folder::is_candidate(const dirent& entry) const {
    const std::string_view name = entry.d_name;
    if (name == "." || name == "..") return false;
    const bool wanted = options_.all_names || has_image_ending(name) ||
                        (options_.archives && has_archive_ending(name)) ||
                        (options_.recursive && (entry.d_type == DT_DIR || entry.d_type == DT_UNKNOWN ||
                                                (entry.d_type == DT_LNK && options_.follow)));
    if (!wanted) return false;
    const std::string_view left = left_by_tools(name);
    if (left.empty()) return true;
    note_passed_over(left);
    return false;
}

std::optional<Folder::Place> Folder::place_of(const dirent& entry) const {
    const std::string name = entry.d_name;
    bool folder = entry.d_type == DT_DIR;
    bool link = entry.d_type == DT_LNK;
    struct stat status {};
    if (entry.d_type == DT_UNKNOWN &&
        ::fstatat(::dirfd(listing_.get()), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        folder = S_ISDIR(status.st_mode);
        link = S_ISLNK(status.st_mode);
    }
    if (link && ::fstatat(::dirfd(listing_.get()), entry.d_name, &status, 0) == 0 &&
        S_ISDIR(status.st_mode)) {
        // A link to a folder that is not entered is not an image, whatever its name.
        if (!options_.follow) return std::nullopt;
        folder = true;
    }
    if (folder) {
        if (!options_.recursive) return std::nullopt;
        return Place{name + '/', FolderEntry::Kind::folder};
    }
    if (options_.archives && has_archive_ending(name)) {
        if (!options_.recursive) return std::nullopt;
        return Place{name + '/', FolderEntry::Kind::archive};
    }
    if (!options_.all_names && !has_image_ending(name)) return std::nullopt;
    return Place{name, FolderEntry::Kind::file};
}

}  // namespace imnet
