#include "base/interruption.h"

#include <csignal>

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "temporary_folder.h"

using namespace imnet;
namespace fs = std::filesystem;

namespace {

// Runs `work` in a process and gives the signal that ended it; 0 where it ended by itself.
int signal_that_ends(auto&& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST_CASE("a signal removes the registered files and ends the program") {
    const test::TemporaryFolder folder;
    const fs::path doomed = folder.write("doomed", "half"), kept = folder.write("kept", "whole");
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        CHECK(signal_that_ends([&] {
                  { const RemovedOnSignal saved(kept); }
                  const RemovedOnSignal removed(doomed);
                  std::raise(signal);
              }) == signal);
        CHECK_FALSE(fs::exists(doomed));
        CHECK(fs::exists(kept));
    }
}

TEST_CASE("with GracefulStop the first signal only sets a flag, and the second ends the program") {
    const test::TemporaryFolder folder;
    const fs::path doomed = folder.write("doomed", "half");
    {
        const GracefulStop graceful;
        CHECK(interrupted() == 0);
        std::raise(SIGTERM);
        CHECK(interrupted() == SIGTERM);
        pollfd waited{interruption_fd(), POLLIN, 0};
        CHECK(::poll(&waited, 1, 0) == 1);
    }
    CHECK(interrupted() == 0);
    CHECK(interruption_fd() == -1);
    CHECK(signal_that_ends([&] {
              const GracefulStop graceful;
              const RemovedOnSignal removed(doomed);
              std::raise(SIGTERM);
              if (!fs::exists(doomed)) return;
              std::raise(SIGINT);
          }) == SIGINT);
    CHECK_FALSE(fs::exists(doomed));
}

TEST_CASE("a signal that was ignored stays ignored, as under nohup") {
    CHECK(signal_that_ends([] {
              std::signal(SIGHUP, SIG_IGN);
              const GracefulStop graceful;
              std::raise(SIGHUP);
              std::raise(SIGHUP);
          }) == 0);
}
