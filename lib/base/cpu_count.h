#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace imnet {

/// Cores that this process may keep busy, at least 1: those of its affinity mask, or fewer where a
/// cgroup's CPU quota (rounded up to whole cores) allows no more.
int usable_cores();

/// CPUs that a quota gives: `QUOTA PERIOD` in microseconds, as cgroup v2's `cpu.max` holds it and the
/// two `cpu.cfs_*_us` files of v1 together do. Nothing where the quota is `max`, -1, or no number.
std::optional<double> parse_cpu_quota(std::string_view text);

/// The smallest quota on the way from a process's cgroup up to the root. `membership` is the text of
/// its /proc/PID/cgroup, `root` is where cgroups are mounted (/sys/fs/cgroup).
std::optional<double> cgroup_cpu_quota(std::string_view membership, const std::filesystem::path& root);

}  // namespace imnet
