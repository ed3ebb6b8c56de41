#include "base/interruption.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace imnet {
namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};

// The only data that a signal handler uses.
struct Slot {
    std::atomic<bool> taken = false;
    std::atomic<bool> armed = false;
    char path[4096] = {};
};
std::array<Slot, 4> doomed;
std::atomic<bool> graceful = false;
std::atomic<int> first_signal = 0;
std::atomic<int> wake_fd = -1;
int wake_pipe[2] = {-1, -1};

static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

void remove_and_die(int signal) {
    for (const Slot& slot : doomed) {
        if (slot.armed) ::unlink(slot.path);
    }
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void on_signal(int signal) {
    const int error = errno;
    int none = 0;
    if (!graceful || !first_signal.compare_exchange_strong(none, signal)) return remove_and_die(signal);
    const char byte = 0;
    [[maybe_unused]] const auto ignored = ::write(wake_fd, &byte, 1);
    errno = error;
}

void catch_signals() {
    for (const int signal : signals) {
        struct sigaction action {};
        if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
        action = {};
        action.sa_handler = on_signal;
        ::sigaction(signal, &action, nullptr);
    }
}

}  // namespace

int interrupted() { return first_signal; }

int interruption_fd() { return graceful ? wake_pipe[0] : -1; }

GracefulStop::GracefulStop() {
    if (::pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe");
    }
    wake_fd = wake_pipe[1];
    graceful = true;
    catch_signals();
}

GracefulStop::~GracefulStop() {
    graceful = false;
    first_signal = 0;
    wake_fd = -1;
    for (int& fd : wake_pipe) ::close(std::exchange(fd, -1));
}

RemovedOnSignal::RemovedOnSignal(const std::filesystem::path& path) {
    if (path.native().size() >= sizeof Slot::path) return;
    for (std::size_t i = 0; i < doomed.size() && slot_ < 0; ++i) {
        if (doomed[i].taken.exchange(true)) continue;
        slot_ = static_cast<int>(i);
        std::strcpy(doomed[i].path, path.c_str());
        doomed[i].armed = true;
        catch_signals();
    }
}

RemovedOnSignal::~RemovedOnSignal() {
    if (slot_ < 0) return;
    doomed[static_cast<std::size_t>(slot_)].armed = false;
    doomed[static_cast<std::size_t>(slot_)].taken = false;
}

}  // namespace imnet
