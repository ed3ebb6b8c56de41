// What happens on SIGINT, SIGTERM and SIGHUP. By default such a signal removes the temporary files that
// are registered here and ends the program. While a `GracefulStop` lives, the first signal only sets a
// flag, so that the run can finish the pictures it has begun; the second ends the program at once.
#pragma once

#include <filesystem>

namespace imnet {

/// The signal that asked the run to stop, or 0.
int interrupted();

/// A file descriptor that becomes readable when a signal asks the run to stop, for poll() together with
/// a stream. -1 where no GracefulStop lives.
int interruption_fd();

/// Thrown where the program waits while a signal asks it to stop, and at the end of an interrupted run.
/// The program then ends by that signal.
struct Interrupted {
    int signal = 0;
};

/// Makes the first signal a request to stop, for as long as this object lives. Signals that were
/// ignored stay ignored. One at a time.
class GracefulStop {
public:
    GracefulStop();
    ~GracefulStop();
    GracefulStop(const GracefulStop&) = delete;
    GracefulStop& operator=(const GracefulStop&) = delete;
};

/// Removes a file if a signal ends the program before this object is gone.
class RemovedOnSignal {
public:
    explicit RemovedOnSignal(const std::filesystem::path& path);
    ~RemovedOnSignal();
    RemovedOnSignal(const RemovedOnSignal&) = delete;
    RemovedOnSignal& operator=(const RemovedOnSignal&) = delete;

private:
    int slot_ = -1;
};

}  // namespace imnet
