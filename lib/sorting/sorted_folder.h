#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <sys/stat.h>

#include "base/errors.h"
#include "models/class_names.h"
#include "rows/top_k.h"
#include "sorting/sort_manifest.h"

namespace imnet {

/// A folder into which pictures are sorted. Each picture goes into a folder named after its predicted class
/// and keeps its own name; where that is taken, it gets "-2", "-3" … before its ending. No file is ever
/// replaced. Actions are recorded in a manifest before they are done, so the process may be killed at any
/// time, and pictures that an earlier run sorted are not sorted again.
class SortedFolder {
public:
    /// Makes the folder where it is missing. Throws OutputError.
    SortedFolder(const std::filesystem::path& folder, SortBy by, const ClassNames& class_names);

    /// Removes the folder again if this object made it and nothing was sorted.
    ~SortedFolder();
    SortedFolder(const SortedFolder&) = delete;
    SortedFolder& operator=(const SortedFolder&) = delete;

    enum class Outcome { sorted, was_sorted };

    /// Sorts one picture by its top prediction. `bytes` is the content of a picture that is not a file of its
    /// own ("-", a member of an archive) and is always copied. Gives an InputError where the original cannot
    /// be used; throws OutputError where the folder cannot be written to.
    Expected<Outcome> put(const std::filesystem::path& path, std::optional<std::span<const std::byte>> bytes,
                          Prediction top);

    /// The path of this run's manifest; empty while nothing has been sorted.
    std::filesystem::path manifest() const;

private:
    struct Picture;

    bool was_sorted(const Picture& picture) const;
    bool finish_move(const Picture& picture, const SortAction& earlier) const;
    Expected<void> copy(const Picture& picture, SortAction& action);
    Expected<void> link(SortAction& action);
    Expected<void> move(const Picture& picture, SortAction& action);
    Expected<void> move_across(const Picture& picture, SortAction& action);
    int place_copy(const Picture& picture, std::span<const std::byte> bytes, SortAction& action);

    template <typename Place>
    int place(SortAction& action, const Place& place_at);
    void read_manifests();
    void make_class_folder(int index);

    std::filesystem::path folder_;
    bool made_ = false;
    SortBy by_;
    const ClassNames& class_names_;
    std::vector<std::string> names_;  ///< of the class folders, in index order
    std::set<int> class_folders_;     ///< that exist, by index
    std::set<dev_t> other_devices_;   ///< from which files cannot be renamed into the folder
    std::unordered_map<std::string, SortAction> sorted_;  ///< by the original's path
    std::unordered_map<std::string, int> next_number_;    ///< to try for names that were taken
    std::unique_ptr<SortManifest> manifest_;
};

}  // namespace imnet
