// What happens on SIGINT, SIGTERM and SIGHUP. Without more, such a signal removes the temporary files
// that are registered here and ends the program. While a `GracefulStop` lives, the first signal only
// sets a flag, so that the run can finish what is under way; the second ends the program at once.
#pragma once

#include <filesystem>

namespace imnet {

/// The signal that asked the run to stop; 0 while none has.
int interrupted();

/// Becomes readable when a signal asks the run to stop: for poll(), beside a stream that may stay
/// silent. -1 where no GracefulStop lives.
int interruption_fd();

/// Thrown out of what waited when the run was asked to stop, and at its end, so that the program ends
/// by that signal.
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
