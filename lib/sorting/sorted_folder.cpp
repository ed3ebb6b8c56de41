#include "sorting/sorted_folder.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "base/place_file.h"
#include "base/sha256.h"
#include "codecs/sniff.h"
#include "inputs/read_file.h"
#include "sorting/sorted_names.h"

namespace imnet {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, int error) {
    const bool full = error == ENOSPC || error == EDQUOT;
    throw OutputError(
        fmt::format("{}: {}{}", path.native(), std::generic_category().message(error),
                    full ? ": free some space and run the same command again: it continues" : ""));
}

// The path of a file in a manifest: links in the path of its folder are resolved, but the file itself is not,
// so that a link to a file is not mistaken for the file.
fs::path absolute_path(const fs::path& path) {
    std::error_code error;
    const fs::path whole = fs::absolute(path);
    const fs::path parent = fs::canonical(whole.parent_path(), error);
    return error ? whole : parent / whole.filename();
}

bool is_taken(const fs::path& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

}  // namespace

// A picture to sort: a file, or the bytes of one that is not a file of its own.
struct SortedFolder::Picture {
    fs::path from;
    std::optional<std::span<const std::byte>> bytes;
    struct stat status {};
    int error = 0;  // of stat

    bool is_there() const { return !bytes && error == 0; }
    std::uint64_t size() const { return bytes ? bytes->size() : static_cast<std::uint64_t>(status.st_size); }
    std::int64_t mtime_ns() const { return bytes ? 0 : mtime_ns_of(status); }
};

SortedFolder::SortedFolder(const fs::path& folder, SortBy by, const ClassNames& class_names)
    : by_(by), class_names_(class_names), names_(folder_names(class_names)) {
    std::error_code error;
    made_ = fs::create_directories(folder, error);
    if (!error) folder_ = fs::canonical(folder, error);
    if (error) fail(folder, error.value());
    if (!fs::is_directory(folder_)) fail(folder, ENOTDIR);
    read_manifests();
}

SortedFolder::~SortedFolder() {
    if (made_ && !manifest_) ::rmdir(folder_.c_str());
}

fs::path SortedFolder::manifest() const { return manifest_ ? manifest_->path() : fs::path(); }

// Reads what other runs have sorted, and removes unfinished files of runs that have ended.
void SortedFolder::read_manifests() {
    for (const fs::path& path : sort_manifests(folder_)) {
        for (SortAction& action : read_sort_manifest(path).actions) {
            if (!is_in_place(action, folder_)) continue;
            action.done = true;
            const std::string from = action.from.native();
            sorted_.insert_or_assign(from, std::move(action));
        }
        if (const ManifestLock lock(path); lock.held()) ::unlink(unfinished_file(path).c_str());
    }
}

void SortedFolder::make_class_folder(int index) {
    if (class_folders_.contains(index)) return;
    const fs::path path = folder_ / names_.at(static_cast<std::size_t>(index));
    if (::mkdir(path.c_str(), 0777) != 0) {
        const int error = errno;
        if (error != EEXIST || !fs::is_directory(path)) fail(path, error == EEXIST ? ENOTDIR : error);
    }
    class_folders_.insert(index);
}

Expected<SortedFolder::Outcome> SortedFolder::put(const fs::path& path,
                                                  std::optional<std::span<const std::byte>> bytes,
                                                  Prediction top) {
    Picture picture{absolute_path(path), bytes, {}, 0};
    if (!bytes && ::stat(picture.from.c_str(), &picture.status) != 0) picture.error = errno;
    const std::string& class_folder = names_.at(static_cast<std::size_t>(top.index));
    if (was_sorted(picture) || (!bytes && picture.from.parent_path() == folder_ / class_folder)) {
        return Outcome::was_sorted;
    }
    if (picture.error != 0) return tl::unexpected(error_from_errno(picture.error));

    if (!manifest_) manifest_ = std::make_unique<SortManifest>(folder_);
    const std::string file = path.filename().native();
    SortAction action;
    action.by = bytes ? SortBy::copy : by_;
    action.from = picture.from;
    action.to = fs::path(class_folder) / (bytes ? name_of_stream(file, sniff(*bytes)) : file);
    action.class_name = class_names_.at(static_cast<std::size_t>(top.index)).name;
    action.top = top;
    action.size = picture.size();
    action.mtime_ns = picture.mtime_ns();
    action.inode = picture.status.st_ino;
    const auto placed = action.by == SortBy::copy   ? copy(picture, action)
                        : action.by == SortBy::link ? link(action)
                                                    : move(picture, action);
    if (!placed) return tl::unexpected(placed.error());
    manifest_->done(action.id);
    action.done = true;
    sorted_.insert_or_assign(picture.from.native(), std::move(action));
    return Outcome::sorted;
}

bool SortedFolder::was_sorted(const Picture& picture) const {
    const auto found = sorted_.find(picture.from.native());
    if (found == sorted_.end() || !is_in_place(found->second, folder_)) return false;
    const SortAction& earlier = found->second;
    if (picture.bytes) return earlier.size == picture.size() && earlier.sha256 == sha256(*picture.bytes);
    if (!picture.is_there()) return true;  // it was moved before: the same path occurs twice
    if (earlier.by == SortBy::link && earlier.inode == picture.status.st_ino) return true;
    // Another file may have got the name since.
    if (earlier.size != picture.size() || earlier.mtime_ns != picture.mtime_ns()) return false;
    return by_ != SortBy::move || earlier.by != SortBy::move || finish_move(picture, earlier);
}

// A run that was killed during a move may leave the file under both names.
bool SortedFolder::finish_move(const Picture& picture, const SortAction& earlier) const {
    const auto original = read_file(picture.from);
    const auto sorted = read_file(folder_ / earlier.to);
    if (!original || !sorted || *original != *sorted) return false;
    return ::unlink(picture.from.c_str()) == 0 || errno == ENOENT;
}

// Finds a free name for the action's `to`, records it and calls `place_at` with it. Tries further names as
// long as that gives EEXIST, because other processes may take a name at the same time.
template <typename Place>
int SortedFolder::place(SortAction& action, const Place& place_at) {
    const fs::path wanted = action.to;
    int& number = next_number_.emplace(wanted.native(), 1).first->second;
    for (;; ++number) {
        action.to = wanted.parent_path() / numbered_name(wanted.filename().native(), number);
        if (is_taken(folder_ / action.to)) continue;
        manifest_->intend(action, action.by == SortBy::move);
        make_class_folder(action.top.index);  // after the record, so that undo knows the folder
        const int error = place_at(folder_ / action.to);
        if (error != EEXIST) return error;
    }
}

// Writes a copy under a temporary name, so that it gets its own only when it is complete.
int SortedFolder::place_copy(const Picture& picture, std::span<const std::byte> bytes, SortAction& action) {
    const fs::path unfinished = unfinished_file(manifest_->path());
    const int written = write_new_file(unfinished, bytes, picture.bytes ? nullptr : &picture.status);
    if (written != 0) return written;
    struct stat status {};
    int error = ::stat(unfinished.c_str(), &status) == 0 ? 0 : errno;
    action.size = bytes.size();
    action.inode = status.st_ino;
    if (error == 0) {
        error = place(action, [&](const fs::path& to) { return rename_without_replacing(unfinished, to); });
    }
    if (error != 0) ::unlink(unfinished.c_str());
    return error;
}

Expected<void> SortedFolder::copy(const Picture& picture, SortAction& action) {
    Expected<std::vector<std::byte>> read;
    std::span<const std::byte> bytes;
    if (picture.bytes) {
        bytes = *picture.bytes;
    } else {
        read = read_file(picture.from);
        if (!read) return tl::unexpected(read.error());
        bytes = *read;
    }
    action.sha256 = sha256(bytes);
    if (const int error = place_copy(picture, bytes, action)) fail(folder_ / action.to, error);
    return {};
}

Expected<void> SortedFolder::link(SortAction& action) {
    const int error =
        place(action, [&](const fs::path& to) { return link_without_replacing(action.from, to); });
    if (error == EXDEV) {
        throw OutputError(
            fmt::format("{}: it cannot be hard-linked into {}, which is on another file system: "
                        "use --by copy",
                        action.from.native(), folder_.native()));
    }
    if (error == EPERM || error == EOPNOTSUPP) {
        return input_error(InputErrorKind::permission, "no hard link can be made to it here: use --by copy");
    }
    if (error == ENOSPC || error == EDQUOT || error == EROFS) fail(folder_ / action.to, error);
    if (error != 0) return tl::unexpected(error_from_errno(error));
    return {};
}

Expected<void> SortedFolder::move(const Picture& picture, SortAction& action) {
    struct stat status {};
    if (::lstat(action.from.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) {
        return input_error(InputErrorKind::io, "a symbolic link is not moved: use --by copy or --by link");
    }
    if (other_devices_.contains(picture.status.st_dev)) return move_across(picture, action);
    const fs::path wanted = action.to;
    const int error =
        place(action, [&](const fs::path& to) { return rename_without_replacing(action.from, to); });
    if (error == EXDEV) {
        other_devices_.insert(picture.status.st_dev);
        action.to = wanted;
        return move_across(picture, action);
    }
    if (error == ENOSPC || error == EDQUOT || error == EROFS) fail(folder_ / action.to, error);
    if (error != 0) return tl::unexpected(error_from_errno(error));
    return {};
}

Expected<void> SortedFolder::move_across(const Picture& picture, SortAction& action) {
    const auto bytes = read_file(picture.from);
    if (!bytes) return tl::unexpected(bytes.error());
    if (const int error = place_copy(picture, *bytes, action)) fail(folder_ / action.to, error);
    if (const int error = sync_folder((folder_ / action.to).parent_path())) fail(folder_, error);
    struct stat now {};
    const bool same = ::lstat(action.from.c_str(), &now) == 0 && now.st_size == picture.status.st_size &&
                      mtime_ns_of(now) == picture.mtime_ns();
    if (same && (::unlink(action.from.c_str()) == 0 || errno == ENOENT)) return {};
    // The original cannot be removed, so the copy is removed instead and nothing is moved.
    const InputError error =
        same ? error_from_errno(errno) : InputError{InputErrorKind::io, "it changed while it was moved"};
    ::unlink((folder_ / action.to).c_str());
    return tl::unexpected(error);
}

}  // namespace imnet
