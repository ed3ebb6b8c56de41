#include "base/cpu_count.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace imnet {

namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<double> smaller(std::optional<double> a, std::optional<double> b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

std::optional<double> quota_of_folder(const fs::path& folder, bool unified) {
    if (unified) return parse_cpu_quota(read_text(folder / "cpu.max"));
    return parse_cpu_quota(read_text(folder / "cpu.cfs_quota_us") + " " +
                           read_text(folder / "cpu.cfs_period_us"));
}

/// `path` starts with a slash. In a container it may name a folder that is not visible there; then only
/// its parents that are visible, at least the mount itself, are read.
std::optional<double> quota_up_to_root(const fs::path& mount, const fs::path& path, bool unified) {
    std::optional<double> quota = quota_of_folder(mount, unified);
    fs::path folder = mount;
    for (const fs::path& name : path.relative_path()) {
        folder /= name;
        quota = smaller(quota, quota_of_folder(folder, unified));
    }
    return quota;
}

/// CPUs in the affinity mask, or 0 where it is unknown.
int affinity_count() {
    for (int capacity = CPU_SETSIZE; capacity <= (1 << 20); capacity *= 2) {
        std::vector<cpu_set_t> set(static_cast<std::size_t>(capacity / CPU_SETSIZE));
        const std::size_t bytes = set.size() * sizeof(cpu_set_t);
        if (sched_getaffinity(0, bytes, set.data()) == 0) return CPU_COUNT_S(bytes, set.data());
        if (errno != EINVAL) break;
    }
    return 0;
}

}  // namespace

int usable_cores() {
    int cores = affinity_count();
    if (cores == 0) cores = static_cast<int>(std::thread::hardware_concurrency());
    if (const auto quota = cgroup_cpu_quota(read_text("/proc/self/cgroup"), "/sys/fs/cgroup"))
        cores = static_cast<int>(std::min<double>(cores, std::ceil(*quota)));
    return std::max(cores, 1);
}

std::optional<double> parse_cpu_quota(std::string_view text) {
    std::istringstream words{std::string(text)};
    double quota = 0;
    double period = 0;
    if (!(words >> quota >> period) || quota <= 0 || period <= 0) return std::nullopt;
    return quota / period;
}

// A line is `hierarchy:controllers:path`: `0::/user.slice` in v2, `4:cpu,cpuacct:/user.slice` in v1,
// whose hierarchies are mounted in folders named by their controllers.
std::optional<double> cgroup_cpu_quota(std::string_view membership, const fs::path& root) {
    std::optional<double> quota;
    std::istringstream lines{std::string(membership)};
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const std::string path = line.substr(second + 1);
        if (controllers.empty()) {
            quota = smaller(quota, quota_up_to_root(root, path, true));
        } else if (("," + controllers + ",").find(",cpu,") != std::string::npos) {
            quota = smaller(quota, quota_up_to_root(root / controllers, path, false));
        }
    }
    return quota;
}

}  // namespace imnet
