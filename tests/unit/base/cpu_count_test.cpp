#include "base/cpu_count.h"

#include <doctest/doctest.h>
#include <sched.h>

#include <string>

#include "temporary_folder.h"

namespace {

using namespace imnet;
using test::TemporaryFolder;

TEST_CASE("a quota is a share of its period") {
    CHECK(parse_cpu_quota("150000 100000\n") == 1.5);
    CHECK(parse_cpu_quota("50000\n 100000\n") == 0.5);
    CHECK_FALSE(parse_cpu_quota("max 100000\n"));
    CHECK_FALSE(parse_cpu_quota("-1\n 100000\n"));
    CHECK_FALSE(parse_cpu_quota("100000 0\n"));
    CHECK_FALSE(parse_cpu_quota(""));
}

TEST_CASE("cgroup v2: the smallest quota of the cgroup and its parents counts") {
    const TemporaryFolder tree;
    tree.write("user.slice/cpu.max", "200000 100000\n");
    tree.write("user.slice/job/cpu.max", "max 100000\n");
    CHECK(cgroup_cpu_quota("0::/user.slice/job\n", tree.path()) == 2.0);
    CHECK_FALSE(cgroup_cpu_quota("0::/elsewhere\n", tree.path()));

    tree.write("user.slice/job/cpu.max", "75000 100000\n");
    CHECK(cgroup_cpu_quota("0::/user.slice/job\n", tree.path()) == 0.75);
}

TEST_CASE("cgroup v2: in a container the mount itself is the process's cgroup") {
    const TemporaryFolder tree;
    tree.write("cpu.max", "300000 100000\n");
    CHECK(cgroup_cpu_quota("0::/\n", tree.path()) == 3.0);
    CHECK(cgroup_cpu_quota("0::/../outside\n", tree.path()) == 3.0);
}

TEST_CASE("cgroup v1: quota and period are in the folder of the cpu controller") {
    const TemporaryFolder tree;
    tree.write("cpu,cpuacct/docker/cpu.cfs_quota_us", "250000\n");
    tree.write("cpu,cpuacct/docker/cpu.cfs_period_us", "100000\n");
    const std::string membership = "11:cpuset:/docker\n4:cpu,cpuacct:/docker\n0::/docker\n";
    CHECK(cgroup_cpu_quota(membership, tree.path()) == 2.5);
    CHECK_FALSE(cgroup_cpu_quota("11:cpuset:/docker\n", tree.path()));
}

TEST_CASE("usable cores follow the affinity mask") {
    cpu_set_t before;
    REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
    int first = 0;
    while (!CPU_ISSET(first, &before)) ++first;
    CHECK(usable_cores() >= 1);
    CHECK(usable_cores() <= CPU_COUNT(&before));

    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
    CHECK(usable_cores() == 1);
    REQUIRE(sched_setaffinity(0, sizeof before, &before) == 0);
}

}  // namespace
