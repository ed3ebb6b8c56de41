#include "base/standard_streams.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>

#include "base/write_all.h"

namespace imnet {

void secure_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
        // The wrong way round, so that reading or writing it fails as it does for a closed one. It is the
        // lowest free number, because those below are in use.
        ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

bool standard_input_is_open() {
    const int flags = ::fcntl(STDIN_FILENO, F_GETFL);
    return flags >= 0 && (flags & O_ACCMODE) != O_WRONLY;
}

void print_for_people(std::string_view text, int stream) noexcept { write_all(stream, text); }

}  // namespace imnet
