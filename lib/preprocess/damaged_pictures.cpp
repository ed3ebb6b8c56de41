#include "preprocess/damaged_pictures.h"

#include <functional>
#include <mutex>
#include <unordered_set>

namespace imnet {
namespace {

struct Noted {
    std::mutex mutex;
    std::unordered_set<std::size_t> hashes;  // of the paths: a run may have millions
};

Noted& noted() {
    static Noted instance;
    return instance;
}

}  // namespace

void note_damaged_picture(std::string_view path) {
    const std::lock_guard lock(noted().mutex);
    noted().hashes.insert(std::hash<std::string_view>()(path));
}

std::size_t damaged_pictures() {
    const std::lock_guard lock(noted().mutex);
    return noted().hashes.size();
}

}  // namespace imnet
