#include "inputs/left_by_tools.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <set>

#include "base/lower_case.h"

namespace imnet {
namespace {

// macOS, its archives and network drives; Windows; Synology and QNAP; Jupyter; thumbnails; version control;
// ext4.
constexpr std::array<std::string_view, 21> names{".DS_Store",
                                                 "__MACOSX",
                                                 ".AppleDouble",
                                                 ".Spotlight-V100",
                                                 ".Trashes",
                                                 ".fseventsd",
                                                 ".TemporaryItems",
                                                 "Thumbs.db",
                                                 "ehthumbs.db",
                                                 "desktop.ini",
                                                 "$RECYCLE.BIN",
                                                 "System Volume Information",
                                                 "@eaDir",
                                                 "#recycle",
                                                 "@Recycle",
                                                 ".@__thumb",
                                                 ".ipynb_checkpoints",
                                                 ".thumbnails",
                                                 ".git",
                                                 ".svn",
                                                 "lost+found"};

struct Noted {
    std::mutex mutex;
    std::set<std::string, std::less<>> names;
};

Noted& noted() {
    static Noted instance;
    return instance;
}

}  // namespace

std::string_view left_by_tools(std::string_view name) {
    if (name.starts_with("._")) return "._*";
    // Most names start with another letter, and a walk asks for millions.
    if (name.empty() || std::string_view(".$@#_TtEeDdSsLl").find(name.front()) == std::string_view::npos)
        return {};
    const auto found = std::ranges::find_if(names, [&](std::string_view left) {
        return left.size() == name.size() && lower_case(std::string(left)) == lower_case(std::string(name));
    });
    return found == names.end() ? std::string_view{} : *found;
}

std::string_view part_left_by_tools(std::string_view path) {
    while (true) {
        const auto slash = path.find('/');
        const std::string_view left = left_by_tools(path.substr(0, slash));
        if (!left.empty() || slash == std::string_view::npos) return left;
        path.remove_prefix(slash + 1);
    }
}

void note_passed_over(std::string_view left) {
    const std::lock_guard lock(noted().mutex);
    if (!noted().names.contains(left)) noted().names.emplace(left);
}

std::vector<std::string> passed_over() {
    const std::lock_guard lock(noted().mutex);
    return {noted().names.begin(), noted().names.end()};
}

}  // namespace imnet
