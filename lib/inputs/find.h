#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "inputs/folder.h"
#include "inputs/input.h"

namespace imnet {

/// Returns the paths that the user gave, one after the other; nothing at the end. With `Wait::no` also
/// nothing where the next one is not there yet.
using NextPath = std::function<std::optional<std::string>(Wait)>;

/// Walks files and folders and returns one input after the other, without listing everything first. Inputs of
/// a folder are sorted by the bytes of their whole paths. Links to files are files; links to folders are
/// entered only on request, and never in a circle.
class ImageFinder {
public:
    ImageFinder(NextPath next_path, FindOptions options);
    ImageFinder(std::vector<std::string> paths, FindOptions options);

    /// The next input; nothing at the end. With `Wait::no` also nothing where its path is not there yet.
    std::optional<Input> next(Wait wait = Wait::yes);

    /// Folders that the user gave and in which no image was found, so far.
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
    std::optional<std::string> barren_;  ///< the folder that the user gave, until an image is found in it
    std::vector<OpenFolder> open_folders_;
    std::vector<std::string> empty_folders_;
};

}  // namespace imnet
