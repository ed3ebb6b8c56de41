#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace imnet {

/// The number of cores that this process may use, at least 1: those of its affinity mask, or the CPU
/// quota of its cgroup (rounded up to whole cores) where that is smaller.
int usable_cores();

/// CPUs that a quota allows. The text is `QUOTA PERIOD` in microseconds: the content of cgroup v2's
/// `cpu.max`, or of v1's two `cpu.cfs_*_us` files. Nothing where the quota is `max`, -1, or no number.
std::optional<double> parse_cpu_quota(std::string_view text);

/// The smallest quota of a process's cgroup and its parents. `membership` is the text of its
/// /proc/PID/cgroup, `root` is where cgroups are mounted (/sys/fs/cgroup).
std::optional<double> cgroup_cpu_quota(std::string_view membership, const std::filesystem::path& root);

}  // namespace imnet
