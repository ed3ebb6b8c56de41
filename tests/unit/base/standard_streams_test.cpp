#include "base/standard_streams.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <functional>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>

using namespace imnet;

namespace {

/// Whether `check` gives true in a process of its own, whose streams can be closed without harm.
bool holds_in_child(const std::function<bool()>& check) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(check() ? 0 : 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("a file that is opened later does not take the number of a closed stream") {
    CHECK(holds_in_child([] {
        for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(stream);
        secure_standard_streams();
        return ::open("/dev/zero", O_RDONLY) > STDERR_FILENO;
    }));
}

TEST_CASE("closed streams stay unusable") {
    CHECK(holds_in_child([] {
        for (const int stream : {STDIN_FILENO, STDOUT_FILENO}) ::close(stream);
        secure_standard_streams();
        char byte = 0;
        return !standard_input_is_open() && ::read(STDIN_FILENO, &byte, 1) < 0 && errno == EBADF &&
               ::write(STDOUT_FILENO, &byte, 1) < 0 && errno == EBADF;
    }));
}

TEST_CASE("streams that are open stay as they are") {
    CHECK(holds_in_child([] {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) return false;
        ::dup2(ends[0], STDIN_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        secure_standard_streams();
        print_for_people("x");
        char byte = 0;
        return standard_input_is_open() && ::read(STDIN_FILENO, &byte, 1) == 1 && byte == 'x';
    }));
}

TEST_CASE("text for people that cannot be printed is dropped") {
    CHECK(holds_in_child([] {
        secure_standard_streams();
        ::dup2(::open("/dev/full", O_WRONLY), STDERR_FILENO);
        print_for_people("to a full disk");
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) return false;
        ::close(ends[0]);
        print_for_people("to nobody", ends[1]);
        ::close(STDERR_FILENO);
        print_for_people("to a closed stream");
        return true;
    }));
}
