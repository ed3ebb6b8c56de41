#include "base/write_all.h"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace imnet {

Written write_all(int fd, std::string_view bytes) {
    Written written;
    while (written.bytes < bytes.size()) {
        const ssize_t count = ::write(fd, bytes.data() + written.bytes, bytes.size() - written.bytes);
        if (count >= 0) {
            written.bytes += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            pollfd waited{fd, POLLOUT, 0};
            ::poll(&waited, 1, -1);
        } else if (errno != EINTR) {
            written.error = errno;
            break;
        }
    }
    return written;
}

}  // namespace imnet
