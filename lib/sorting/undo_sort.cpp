#include "sorting/undo_sort.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/place_file.h"
#include "base/sha256.h"
#include "inputs/read_file.h"
#include "sorting/sort_manifest.h"

namespace imnet {
namespace {

namespace fs = std::filesystem;

std::string message(int error) { return std::generic_category().message(error); }

std::optional<struct stat> status_of(const fs::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
    return status;
}

bool same_file(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

std::string hash_of(const fs::path& path) {
    const auto bytes = read_file(path);
    return bytes ? sha256(*bytes) : "";
}

bool same_content(const fs::path& a, const fs::path& b) {
    const auto first = read_file(a);
    const auto second = read_file(b);
    return first && second && *first == *second;
}

// Whether the path is of a member of an archive that exists.
bool is_in_archive(const fs::path& path) {
    for (fs::path above = path.parent_path(); above.has_relative_path(); above = above.parent_path()) {
        struct stat status {};
        if (::stat(above.c_str(), &status) == 0) return S_ISREG(status.st_mode);
    }
    return false;
}

// Why one action cannot be reversed.
struct Refusal {
    std::string line;
};

// Reverses the actions of one manifest, one at a time.
class Undo {
public:
    explicit Undo(const fs::path& manifest)
        : folder_(manifest.parent_path()), temporary_name_(unfinished_file(manifest).filename()) {}

    void reverse(const SortAction& action, UndoneSort& result) const try {
        if (reverse(action)) ++result.undone;
    } catch (const Refusal& refusal) {
        result.problems.push_back(refusal.line);
    }

private:
    // Gives false where there was nothing to reverse.
    bool reverse(const SortAction& action) const {
        switch (action.by) {
            case SortBy::copy: return remove_copy(action);
            case SortBy::link: return remove_link(action);
            case SortBy::move: return move_back(action);
        }
        return false;
    }

    [[noreturn]] void refuse(const SortAction& action, std::string_view why) const {
        throw Refusal{fmt::format("{}: {}", (folder_ / action.to).native(), why)};
    }

    bool remove(const SortAction& action) const {
        if (::unlink((folder_ / action.to).c_str()) != 0 && errno != ENOENT) refuse(action, message(errno));
        return true;
    }

    bool remove_copy(const SortAction& action) const {
        const fs::path to = folder_ / action.to;
        const auto status = status_of(to);
        if (!status) return false;
        if (!action.done && status->st_ino != action.inode) return false;  // the action was not done
        if (!S_ISREG(status->st_mode) || hash_of(to) != action.sha256) {
            refuse(action, "kept: it has been changed since");
        }
        if (is_in_archive(action.from)) return remove(action);
        struct stat original {};
        if (::stat(action.from.c_str(), &original) != 0) {
            refuse(action, fmt::format("kept: there is no {} any more", action.from.native()));
        }
        if (same_file(*status, original)) {
            refuse(action, fmt::format("kept: {} is this very file now", action.from.native()));
        }
        const bool untouched = static_cast<std::uint64_t>(original.st_size) == action.size &&
                               mtime_ns_of(original) == action.mtime_ns;
        if (!untouched && hash_of(action.from) != action.sha256) {
            refuse(action, fmt::format("kept: {} has been changed since", action.from.native()));
        }
        return remove(action);
    }

    bool remove_link(const SortAction& action) const {
        const auto status = status_of(folder_ / action.to);
        if (!status) return false;
        struct stat original {};
        const bool there = ::stat(action.from.c_str(), &original) == 0;
        // The file has only one name: the old one has become a symbolic link to it.
        if (there && same_file(*status, original) && original.st_nlink > 1) return remove(action);
        if (!action.done && status->st_ino != action.inode) return false;
        refuse(action, fmt::format("kept: {} is not the same file any more", action.from.native()));
    }

    bool move_back(const SortAction& action) const {
        const fs::path to = folder_ / action.to;
        const auto status = status_of(to);
        const auto original = status_of(action.from);
        if (!status) {
            if (original || !action.done) return false;
            refuse(action, fmt::format("it is gone, and so is {}", action.from.native()));
        }
        if (!action.done && !is_in_place(action, folder_)) return false;
        if (original) {
            // A move that was interrupted may leave both names.
            const bool is_file = S_ISREG(original->st_mode);
            if (is_file && (same_file(*status, *original) || same_content(to, action.from))) {
                return remove(action);
            }
            refuse(action, fmt::format("kept: something else is called {} now", action.from.native()));
        }
        std::error_code error;
        fs::create_directories(action.from.parent_path(), error);
        if (error) refuse(action, fmt::format("{}: {}", action.from.native(), error.message()));
        int failed = rename_without_replacing(to, action.from);
        if (failed == EXDEV) failed = move_across(to, action.from, *status);
        if (failed != 0)
            refuse(action, fmt::format("not moved back to {}: {}", action.from.native(), message(failed)));
        return true;
    }

    int move_across(const fs::path& to, const fs::path& from, const struct stat& status) const {
        const auto bytes = read_file(to);
        if (!bytes) return EIO;
        const fs::path unfinished = from.parent_path() / temporary_name_;
        ::unlink(unfinished.c_str());  // left by an undo that was killed
        int error = write_new_file(unfinished, *bytes, &status);
        if (error != 0) return error;
        error = rename_without_replacing(unfinished, from);
        if (error == 0) error = sync_folder(from.parent_path());
        if (error != 0) ::unlink(unfinished.c_str());
        if (error == 0 && ::unlink(to.c_str()) != 0) error = errno;
        return error;
    }

    fs::path folder_;
    fs::path temporary_name_;
};

void remove_empty_folders(const std::vector<SortAction>& actions, const fs::path& folder) {
    std::set<fs::path> class_folders;
    for (const SortAction& action : actions) class_folders.insert(action.to.parent_path());
    for (const fs::path& name : class_folders)
        ::rmdir((folder / name).c_str());  // fails where a folder is not empty
}

int mark_undone(const fs::path& manifest) {
    int error = EEXIST;
    for (int number = 1; error == EEXIST; ++number) {
        const std::string ending = number == 1 ? ".undone" : fmt::format("-{}.undone", number);
        error = rename_without_replacing(manifest, manifest.native() + ending);
    }
    return error;
}

}  // namespace

UndoneSort undo_sort(const fs::path& given) {
    const fs::path manifest = fs::absolute(given);
    const ManifestLock lock(manifest);
    const SortRecord record = read_sort_manifest(manifest);
    if (!lock.held()) throw UsageError(fmt::format("{}: a run is still writing it", given.native()));
    const Undo undo(manifest);
    UndoneSort result;
    for (const std::size_t line : record.damaged_lines) {
        result.problems.push_back(fmt::format("{}: line {} is damaged", given.native(), line));
    }
    for (auto action = record.actions.rbegin(); action != record.actions.rend(); ++action) {
        undo.reverse(*action, result);
    }
    ::unlink(unfinished_file(manifest).c_str());
    remove_empty_folders(record.actions, manifest.parent_path());
    if (!result.problems.empty()) return result;
    if (const int error = mark_undone(manifest)) {
        result.problems.push_back(fmt::format("{}: {}", given.native(), message(error)));
    }
    return result;
}

}  // namespace imnet
