#include "base/write_all.h"

#include <cerrno>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

using namespace imnet;

TEST_CASE("a pipe that does not block gets everything, as fast as its reader takes it") {
    int ends[2];
    REQUIRE(::pipe2(ends, O_NONBLOCK) == 0);
    const std::string sent(1 << 20, 'x');  // more than a pipe holds
    std::size_t received = 0;
    std::thread reader([&] {
        ::fcntl(ends[0], F_SETFL, 0);
        std::string piece(1 << 16, ' ');
        for (ssize_t count = 1; count > 0; received += static_cast<std::size_t>(count)) {
            count = ::read(ends[0], piece.data(), piece.size());
        }
    });
    const Written written = write_all(ends[1], sent);
    ::close(ends[1]);
    reader.join();
    ::close(ends[0]);
    CHECK(written.error == 0);
    CHECK(written.bytes == sent.size());
    CHECK(received == sent.size());
}

TEST_CASE("what cannot be written is an errno value") {
    const int full = ::open("/dev/full", O_WRONLY);
    CHECK(write_all(full, "row").error == ENOSPC);
    CHECK(write_all(full, "").error == 0);
    ::close(full);
    CHECK(write_all(-1, "row").error == EBADF);
}
