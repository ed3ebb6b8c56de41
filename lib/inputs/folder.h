#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dirent.h>
#include <sys/types.h>

#include "base/errors.h"

namespace imnet {

struct FindOptions {
    bool recursive = true;
    bool follow = false;      ///< also enter folders through links
    bool all_names = false;   ///< also take files whose name has no image ending
    bool archives = false;    ///< also take archives, if folders are entered
    std::string except = {};  ///< a folder that is not entered, whatever path leads to it
    /// How many names of a folder are in memory at a time. A larger folder is read again for each page.
    std::size_t page = 65'536;
};

/// An entry of a folder that a walk takes.
struct FolderEntry {
    enum class Kind { file, folder, archive };
    std::string name;
    Kind kind = Kind::file;
};

/// The entries of one folder that a walk takes, sorted by the bytes of their paths. A folder or an archive is
/// sorted by the paths in it, so "a.jpg" comes before the folder "a". One page of entries is in memory,
/// however many there are. An entry that is added or removed meanwhile may be missed; none is returned twice
/// or out of order.
class Folder {
public:
    /// Opens the folder and reads its first page.
    static Expected<Folder> open(const std::string& path, const FindOptions& options);

    /// The next entry, nothing at the end; an error ends the folder.
    Expected<std::optional<FolderEntry>> next();

    /// Whether the path leads to this folder.
    bool is_at(const std::string& path) const;
    bool is(const Folder& other) const { return device_ == other.device_ && inode_ == other.inode_; }

private:
    struct Close {
        void operator()(DIR* listing) const { ::closedir(listing); }
    };
    // An entry, sorted by the end of its path: its name, with a slash if it is entered.
    struct Place {
        std::string key;
        FolderEntry::Kind kind = FolderEntry::Kind::file;
        bool operator<(const Place& other) const { return key < other.key; }
        bool operator==(const Place& other) const { return key == other.key; }
    };

    Folder() = default;
    Expected<void> read_page();
    std::optional<Place> place_of(const dirent& entry) const;
    bool is_candidate(const dirent& entry) const;

    std::unique_ptr<DIR, Close> listing_;  ///< open while there are more pages
    FindOptions options_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
    std::vector<Place> page_;  ///< sorted in reverse: the next one is at the back
    std::string last_;         ///< the key of the last entry of the page
};

/// Whether the name has the ending of a supported image format (`.jpg`, `.JPEG`, `.png` …).
bool has_image_ending(std::string_view name);

/// Whether the name has the ending of an archive: `.tar`, `.tar.gz`, `.tgz`, `.tar.bz2`, `.tbz2`, `.tbz`,
/// `.tar.xz`, `.txz`, `.tar.zst`, `.tzst` or `.zip`.
bool has_archive_ending(std::string_view name);

}  // namespace imnet
