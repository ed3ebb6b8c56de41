// The journal of a sort: which file was put where. With it a sort can be continued or undone however it
// ended, even by kill -9. Each line is a JSON object, and lines are only ever appended:
//
//   {"imnet_sort":1}
//   {"id":1,"by":"copy","from":"/photos/a.jpg","to":"tabby/a.jpg","label":"tabby","index":281,
//    "prob":0.62,"size":52000,"mtime_ns":1700000000000000000,"inode":17,"sha256":"…"}
//   {"done":1}
//
// A line with an id is written before the file gets its name, and its `done` after that. Where `done` is
// missing, `inode` shows whether the file with that name is the one that was sorted. The inode is known
// before, because a copy is first written under a temporary name. `from_base64` and `to_base64` hold names
// that are not UTF-8. A last line without an end of line was cut off and counts as not written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "rows/top_k.h"

namespace imnet {

/// How a picture gets into the folder of its class.
enum class SortBy { copy, link, move };

/// "copy", "link" or "move".
std::string_view name(SortBy by);

/// One file and its new place.
struct SortAction {
    std::uint64_t id = 0;
    SortBy by = SortBy::copy;
    std::filesystem::path from;  ///< absolute
    std::filesystem::path to;    ///< folder/name, below the manifest's own folder
    std::string class_name;
    Prediction top;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;  ///< of the original
    std::uint64_t inode = 0;    ///< of the file that gets the name `to`
    std::string sha256;         ///< of a copy; empty for links and moves
    bool done = false;
};

/// Writes one manifest. A function returns when the operating system has its line. All throw OutputError.
class SortManifest {
public:
    /// Makes a new manifest in the folder, named after the time, and locks it while this object lives.
    explicit SortManifest(const std::filesystem::path& folder);
    ~SortManifest();
    SortManifest(const SortManifest&) = delete;
    SortManifest& operator=(const SortManifest&) = delete;

    /// Records an action before it is done, and gives it its id. With `on_disk`, returns only when the line
    /// is on the disk and a power failure cannot lose it.
    void intend(SortAction& action, bool on_disk);

    /// Records that the action has been done.
    void done(std::uint64_t id);

    const std::filesystem::path& path() const { return path_; }

private:
    void append(std::string line);

    std::filesystem::path path_;
    int fd_ = -1;
    std::uint64_t last_id_ = 0;
};

/// The content of a manifest, in the order of the actions.
struct SortRecord {
    std::vector<SortAction> actions;
    std::vector<std::size_t>
        damaged_lines;  ///< their numbers, from 1; an incomplete last line does not count
};

/// Reads a manifest. Throws UsageError where the file is not a manifest or cannot be read.
SortRecord read_sort_manifest(const std::filesystem::path& path);

/// The manifests in a folder, oldest first, without those that have been undone.
std::vector<std::filesystem::path> sort_manifests(const std::filesystem::path& folder);

/// The temporary name of the file that the run with this manifest is copying.
std::filesystem::path unfinished_file(const std::filesystem::path& manifest);

/// Prevents other processes from writing to or undoing a manifest while this object lives.
class ManifestLock {
public:
    explicit ManifestLock(const std::filesystem::path& manifest);
    ~ManifestLock();
    ManifestLock(const ManifestLock&) = delete;
    ManifestLock& operator=(const ManifestLock&) = delete;

    /// Whether no other process holds the lock.
    bool held() const { return held_; }

private:
    int fd_ = -1;
    bool held_ = false;
};

/// The time of the last change in nanoseconds, as manifests store it.
std::int64_t mtime_ns_of(const struct stat& status);

/// Whether the action's file is at its new place in the manifest's folder. A link is recognised by its inode;
/// a copy or moved file by its size and, where the manifest has no `done` for it, by its inode.
bool is_in_place(const SortAction& action, const std::filesystem::path& folder);

}  // namespace imnet
