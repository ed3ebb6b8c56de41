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

/// A folder into which pictures are sorted: each into a folder named by its label, under its own
/// name, which gets "-2", "-3" … before its ending where it is taken. Nothing is ever replaced. A
/// manifest in it is written ahead, so that the process may be killed at any point: what another run
/// has sorted is known and not sorted again.
class SortedFolder {
public:
    /// Makes the folder where it is missing. Throws OutputError.
    SortedFolder(const std::filesystem::path& folder, SortBy by, const ClassNames& class_names);

    /// Removes the folder again if this has made it and nothing came into it.
    ~SortedFolder();
    SortedFolder(const SortedFolder&) = delete;
    SortedFolder& operator=(const SortedFolder&) = delete;

    enum class Outcome { sorted, was_sorted };

    /// Sorts one picture by its top label. `bytes` are those of a picture that is no file of its own
    /// ("-", an archive's member): they are always copied. What is wrong with the original is an
    /// InputError; OutputError where the folder cannot take it.
    Expected<Outcome> put(const std::filesystem::path& path, std::optional<std::span<const std::byte>> bytes,
                          Prediction top);

    /// The manifest of this run; empty while nothing has been sorted.
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
    void make_label_folder(int index);

    std::filesystem::path folder_;
    bool made_ = false;
    SortBy by_;
    const ClassNames& class_names_;
    std::vector<std::string> names_;                      ///< of the label folders, in index order
    std::set<int> label_folders_;                         ///< that are there
    std::set<dev_t> other_devices_;                       ///< from which nothing can be renamed into it
    std::unordered_map<std::string, SortAction> sorted_;  ///< by the original's path
    std::unordered_map<std::string, int> next_number_;    ///< of names that were taken
    std::unique_ptr<SortManifest> manifest_;
};

}  // namespace imnet
