// The journal of a sort: what was put where, so that it can be gone on with and undone after any
// end, also kill -9. A line of JSON each; lines are only ever added:
//
//   {"imnet_sort":1}
//   {"id":1,"by":"copy","from":"/photos/a.jpg","to":"tabby/a.jpg","label":"tabby","index":281,
//    "prob":0.62,"size":52000,"mtime_ns":1700000000000000000,"inode":17,"sha256":"…"}
//   {"done":1}
//
// A line with an id is written before the file gets its name, its `done` after. Where `done` is
// missing, `inode` tells whether the file under the name is the one that was meant: it is known
// beforehand, for a copy stands under a temporary name first. Names that are not UTF-8 stand exactly
// in `from_base64` and `to_base64`. A last line without its end was cut, and counts as not written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "rows/top_k.h"

namespace imnet {

/// How a picture gets into the folder of its label.
enum class SortBy { copy, link, move };

/// "copy", "link" or "move".
std::string_view name(SortBy by);

/// One file and its new place.
struct SortAction {
    std::uint64_t id = 0;
    SortBy by = SortBy::copy;
    std::filesystem::path from;  ///< absolute
    std::filesystem::path to;    ///< folder/name, below the manifest's own folder
    std::string label;
    Prediction top;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;  ///< of the original
    std::uint64_t inode = 0;    ///< of the file that gets the name `to`
    std::string sha256;         ///< of a copy; empty for links and moves
    bool done = false;
};

/// Writes one manifest. Each line is in the hands of the operating system when its function returns.
/// All throw OutputError.
class SortManifest {
public:
    /// Makes a new one in the folder, named by the time, and locks it for as long as this lives.
    explicit SortManifest(const std::filesystem::path& folder);
    ~SortManifest();
    SortManifest(const SortManifest&) = delete;
    SortManifest& operator=(const SortManifest&) = delete;

    /// Writes down what is about to be done; gives the action its id. `on_disk`: returns only when
    /// not even a loss of power can take the line away.
    void intend(SortAction& action, bool on_disk);

    /// Writes down that it has been done.
    void done(std::uint64_t id);

    const std::filesystem::path& path() const { return path_; }

private:
    void append(std::string line);

    std::filesystem::path path_;
    int fd_ = -1;
    std::uint64_t last_id_ = 0;
};

/// What a manifest says, in the order in which it was done.
struct SortRecord {
    std::vector<SortAction> actions;
    std::vector<std::size_t> damaged_lines;  ///< numbers, from 1; a cut last line is none
};

/// Reads a manifest. Throws UsageError where the file is none, or cannot be read.
SortRecord read_sort_manifest(const std::filesystem::path& path);

/// The manifests in a folder, oldest first, without those that have been undone.
std::vector<std::filesystem::path> sort_manifests(const std::filesystem::path& folder);

/// Where a run that writes this manifest keeps the one file that has no name yet.
std::filesystem::path unfinished_file(const std::filesystem::path& manifest);

/// Keeps others from writing to or undoing a manifest, for as long as it lives.
class ManifestLock {
public:
    explicit ManifestLock(const std::filesystem::path& manifest);
    ~ManifestLock();
    ManifestLock(const ManifestLock&) = delete;
    ManifestLock& operator=(const ManifestLock&) = delete;

    /// Whether it was free.
    bool held() const { return held_; }

private:
    int fd_ = -1;
    bool held_ = false;
};

/// When the file was last changed, as manifests write it.
std::int64_t mtime_ns_of(const struct stat& status);

/// Whether the action's file stands under its new name in the manifest's folder: a link by its inode;
/// else by its size and, where the manifest does not say `done`, by its inode.
bool is_in_place(const SortAction& action, const std::filesystem::path& folder);

}  // namespace imnet
