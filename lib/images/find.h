#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/errors.h"

namespace imnet {

struct FindOptions {
    bool recursive = true;
    bool follow = false;      ///< also enter folders through links
    bool all_names = false;   ///< also take files whose name has no image ending
    std::string except = {};  ///< a folder that is not entered, by whatever name it is met
};

/// One image to classify. A folder that cannot be listed is an input too, with its error.
struct Input {
    std::string path;    ///< as given, or folder/name; "-" is standard input
    bool named = false;  ///< given by the user, not found in a folder
    std::optional<InputError> error;
};

/// Walks files and folders and gives one input after the other, without listing everything first.
/// Inside a folder the order is that of the whole paths' bytes. Links to files are files; links to
/// folders are entered only on request, never in a circle.
class ImageFinder {
public:
    ImageFinder(std::vector<std::string> paths, FindOptions options);

    /// The next input; nothing at the end.
    std::optional<Input> next();

    /// Folders given by the user in which no image was found, so far.
    const std::vector<std::string>& empty_folders() const { return empty_folders_; }

private:
    struct Entry {
        std::string name;
        bool is_folder = false;
    };
    struct Folder {
        std::string path;
        std::vector<Entry> entries;  ///< sorted in reverse: the next one is at the back
        dev_t device = 0;
        ino_t inode = 0;
    };

    std::optional<Input> enter(std::string path);
    std::optional<Input> next_in_folders();
    bool is_being_walked(dev_t device, ino_t inode) const;
    bool is_excepted(dev_t device, ino_t inode) const;

    std::vector<std::string> paths_;
    FindOptions options_;
    std::size_t next_path_ = 0;
    std::vector<Folder> open_folders_;
    std::size_t found_in_path_ = 0;
    std::vector<std::string> empty_folders_;
};

/// Whether the name ends as the files of a served image format do (`.jpg`, `.JPEG`, `.png` …).
bool has_image_ending(std::string_view name);

}  // namespace imnet
