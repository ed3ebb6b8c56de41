#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "inputs/folder.h"
#include "inputs/input.h"

namespace imnet {

/// Gives the paths that the user names, one after the other; nothing at the end.
using NextPath = std::function<std::optional<std::string>()>;

/// Walks files and folders and gives one input after the other, without listing everything first.
/// Inside a folder the order is that of the whole paths' bytes. Links to files are files; links to
/// folders are entered only on request, never in a circle.
class ImageFinder {
public:
    ImageFinder(NextPath next_path, FindOptions options);
    ImageFinder(std::vector<std::string> paths, FindOptions options);

    /// The next input; nothing at the end.
    std::optional<Input> next();

    /// Folders given by the user in which no image was found, so far.
    const std::vector<std::string>& empty_folders() const { return empty_folders_; }

private:
    struct OpenFolder {
        std::string path;
        Folder folder;
    };

    std::optional<Input> enter(std::string path);
    std::optional<Input> next_in_folders();
    bool is_being_walked(const Folder& folder) const;

    NextPath next_path_;
    FindOptions options_;
    std::optional<std::string> barren_;  ///< the folder given by the user, while nothing was found in it
    std::vector<OpenFolder> open_folders_;
    std::vector<std::string> empty_folders_;
};

}  // namespace imnet
