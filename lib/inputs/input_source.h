#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inputs/archive.h"
#include "inputs/find.h"
#include "inputs/input.h"
#include "inputs/path_list.h"
#include "inputs/shard.h"

namespace imnet {

struct SourceOptions {
    FindOptions find{.archives = true};
    std::optional<std::string> list;    ///< a file of paths, "-" for standard input
    bool null_separated = false;        ///< the list's paths end in NUL bytes, not in newlines
    std::size_t paths_before_list = 0;  ///< how many of the paths come before those of the list
    bool tar_on_stdin = false;          ///< "-" is a tar archive and not one picture
    Shard shard;
    ArchiveLimits archive_limits;
    /// Called with the path of every input in order, including those of other shards.
    std::function<void(std::string_view)> on_path;
};

/// All inputs of a run, one after the other, in the order in which the user gives them: files, the contents
/// of folders and archives, and the paths of a list. With a shard, only its part of them.
class InputSource {
public:
    /// Throws UsageError if the list cannot be opened.
    explicit InputSource(std::vector<std::string> paths, SourceOptions options = {});
    InputSource(const InputSource&) = delete;
    InputSource& operator=(const InputSource&) = delete;

    /// The next input; nothing at the end. With `Wait::no` also nothing where its path is not there yet.
    std::optional<Input> next(Wait wait = Wait::yes);

    /// Whether another program may still be writing the list.
    bool may_wait() const { return list_ && list_->may_wait(); }

    /// Folders and archives that the user gave and in which nothing was found, so far.
    const std::vector<std::string>& empty_folders() const { return finder_.empty_folders(); }
    const std::vector<std::string>& empty_archives() const { return empty_archives_; }

private:
    bool enter(Input& input);
    bool is_ours(std::string_view path) const;
    bool is_archive(const Input& input) const;

    SourceOptions options_;
    std::unique_ptr<PathList> list_;  ///< null where there is none
    ImageFinder finder_;
    NextInput archive_;                  ///< the one that is being read
    std::optional<std::string> barren_;  ///< its path, until an image is found in it
    std::vector<std::string> empty_archives_;
};

}  // namespace imnet
