#include "sorting/sort_manifest.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/errors.h"
#include "base/file_lock.h"
#include "base/json.h"
#include "base/place_file.h"
#include "base/utc_time.h"
#include "base/utf8.h"

namespace imnet {
namespace {

constexpr std::string_view header = R"({"imnet_sort":1})";
constexpr std::string_view name_start = "imnet-manifest-";
constexpr std::string_view name_end = ".jsonl";

void put_path(Json& line, const std::string& key, const std::filesystem::path& path) {
    line[key] = replace_invalid_utf8(path.native());
    if (!is_utf8(path.native())) line[key + "_base64"] = base64(path.native());
}

std::filesystem::path get_path(const Json& line, const std::string& key) {
    const Json* exact = line.find(key + "_base64");
    if (exact == nullptr) return line.at(key).get<std::string>();
    return bytes_of_base64(exact->get<std::string>()).value();
}

Json to_json(const SortAction& action) {
    Json line;
    line["id"] = action.id;
    line["by"] = name(action.by);
    put_path(line, "from", action.from);
    put_path(line, "to", action.to);
    line["label"] = replace_invalid_utf8(action.class_name);
    line["index"] = action.top.index;
    line["prob"] =
        Json::parse(fmt::format("{}", action.top.probability));  // the digits of a float, not of a double
    line["size"] = action.size;
    line["mtime_ns"] = action.mtime_ns;
    line["inode"] = action.inode;
    if (!action.sha256.empty()) line["sha256"] = action.sha256;
    return line;
}

SortBy sort_by(std::string_view word) {
    for (const SortBy by : {SortBy::copy, SortBy::link, SortBy::move}) {
        if (word == name(by)) return by;
    }
    throw std::invalid_argument("by");
}

// A manifest may have been changed by others, so no path outside its own folder is accepted.
bool is_sorted_path(const std::filesystem::path& path) {
    const auto parts = std::distance(path.begin(), path.end());
    return path.is_relative() && parts == 2 && std::none_of(path.begin(), path.end(), [](const auto& part) {
               return part.empty() || part == "." || part == "..";
           });
}

SortAction to_action(const Json& line) {
    SortAction action;
    action.id = line.at("id").get<std::uint64_t>();
    action.by = sort_by(line.at("by").get<std::string>());
    action.from = get_path(line, "from");
    action.to = get_path(line, "to");
    if (!action.from.is_absolute() || !is_sorted_path(action.to)) throw std::invalid_argument("path");
    action.size = line.at("size").get<std::uint64_t>();
    action.mtime_ns = line.at("mtime_ns").get<std::int64_t>();
    action.inode = line.at("inode").get<std::uint64_t>();
    action.sha256 = line.value("sha256", std::string());
    if (action.by == SortBy::copy && action.sha256.size() != 64) throw std::invalid_argument("sha256");
    return action;
}

// The first line, too, may be incomplete where a run was killed at its start.
bool is_header(std::string_view line, bool cut) { return cut ? header.starts_with(line) : line == header; }

// Adds one line to the record; false where the line is damaged.
bool read_line(const std::string& text, SortRecord& record,
               std::unordered_map<std::uint64_t, std::size_t>& places) try {
    const Json line = Json::parse(text);
    if (const Json* id = line.find("done")) {
        record.actions.at(places.at(id->get<std::uint64_t>())).done = true;
        return true;
    }
    SortAction action = to_action(line);
    if (!places.emplace(action.id, record.actions.size()).second) return false;
    record.actions.push_back(std::move(action));
    return true;
} catch (const std::exception&) {
    return false;
}

}  // namespace

std::string_view name(SortBy by) {
    switch (by) {
        case SortBy::copy: return "copy";
        case SortBy::link: return "link";
        case SortBy::move: return "move";
    }
    return "copy";
}

SortManifest::SortManifest(const std::filesystem::path& folder) {
    const std::string start = fmt::format("{}{}", name_start, utc_now_in_file_name());
    for (int number = 1; fd_ < 0; ++number) {
        path_ =
            folder / fmt::format("{}{}{}", start, number == 1 ? "" : fmt::format("-{}", number), name_end);
        fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
        if (fd_ < 0 && errno != EEXIST) throw_output_error(path_.native(), errno);
    }
    // Another run may hold the lock for a moment, to see whether this one is still alive. An error is
    // ignored, because not every file system has locks.
    lock_open_file(fd_);
    append(std::string(header));
    if (const int error = sync_folder(folder)) throw_output_error(folder.native(), error);
}

SortManifest::~SortManifest() { ::close(fd_); }

// With a single write, so that a killed run leaves a complete line or the start of one.
void SortManifest::append(std::string line) {
    line += '\n';
    const ssize_t written = ::write(fd_, line.data(), line.size());
    if (written < 0) throw_output_error(path_.native(), errno);
    if (static_cast<std::size_t>(written) != line.size()) throw_output_error(path_.native(), ENOSPC);
}

void SortManifest::intend(SortAction& action, bool on_disk) {
    action.id = ++last_id_;
    append(to_json(action).dump());
    if (on_disk && ::fdatasync(fd_) != 0) throw_output_error(path_.native(), errno);
}

void SortManifest::done(std::uint64_t id) { append(Json{{"done", id}}.dump()); }

SortRecord read_sort_manifest(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw UsageError(fmt::format("{}: {}", path.native(), std::generic_category().message(errno)));
    }
    SortRecord record;
    std::unordered_map<std::uint64_t, std::size_t> places;
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        const bool cut = file.eof();
        if (number == 1 && !is_header(line, cut)) {
            throw UsageError(fmt::format("{}: not a manifest of imnet --sort-into", path.native()));
        }
        if (cut) break;  // the action was not done yet
        if (number == 1) continue;
        if (!read_line(line, record, places)) record.damaged_lines.push_back(number);
    }
    return record;
}

std::vector<std::filesystem::path> sort_manifests(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string file = entry.path().filename().native();
        if (file.starts_with(name_start) && file.ends_with(name_end)) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::filesystem::path unfinished_file(const std::filesystem::path& manifest) {
    return manifest.parent_path() / fmt::format(".{}.part", manifest.filename().native());
}

ManifestLock::ManifestLock(const std::filesystem::path& manifest)
    : fd_(::open(manifest.c_str(), O_RDONLY | O_CLOEXEC)) {
    // On a file system without locks no other run can be noticed: the lock counts as free.
    held_ = fd_ >= 0 && try_to_lock_open_file(fd_) != EWOULDBLOCK;
}

ManifestLock::~ManifestLock() {
    if (fd_ >= 0) ::close(fd_);
}

std::int64_t mtime_ns_of(const struct stat& status) {
    return status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
}

bool is_in_place(const SortAction& action, const std::filesystem::path& folder) {
    struct stat status {};
    if (::lstat((folder / action.to).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
    if (action.by == SortBy::link) return status.st_ino == action.inode;
    if (static_cast<std::uint64_t>(status.st_size) != action.size) return false;
    if (action.done || status.st_ino == action.inode) return true;
    // Some file systems change the inode of a file that is moved. Then its time is compared, and its old name
    // must be gone.
    return action.by == SortBy::move && mtime_ns_of(status) == action.mtime_ns &&
           ::lstat(action.from.c_str(), &status) != 0 && errno == ENOENT;
}

}  // namespace imnet
