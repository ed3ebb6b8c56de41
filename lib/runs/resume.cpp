#include "runs/resume.h"

namespace imnet {

bool PathCounts::take(std::string_view path) {
    const auto found = counts_.find(path_key(path));
    if (found == counts_.end()) return false;
    if (--found->second == 0) counts_.erase(found);
    return true;
}

std::optional<StoredRow> ResumedRows::next() {
    auto row = ended_ ? std::nullopt : rows_.next();
    if (!row) {
        ended_ = true;
    } else {
        ++count_;
        if (row->failed) ++failed_;
    }
    return row;
}

bool ResumedRows::holds(const std::string& path) {
    const std::string wanted = stored_path(path, format_);
    if (!ended_) {
        auto row = next();
        if (row && row->path == wanted) return true;
        for (; row; row = next()) {
            agreed_ = false;
            left_.add(row->path);
        }
    }
    return left_.take(wanted);
}

void ResumedRows::read_all() {
    while (next()) agreed_ = false;
}

}  // namespace imnet
