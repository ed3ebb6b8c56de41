#include "images/read_file.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "images/open_input.h"

namespace imnet {
namespace {

Expected<std::vector<std::byte>> read_all(int fd, std::size_t expected_size) {
    constexpr std::size_t chunk = 1U << 16U;
    std::vector<std::byte> bytes;
    bytes.reserve(expected_size + 1);  // one more, so that the end is seen without growing
    while (true) {
        const std::size_t filled = bytes.size();
        bytes.resize(std::max(bytes.capacity(), filled + chunk));
        const ssize_t count = ::read(fd, bytes.data() + filled, bytes.size() - filled);
        if (count < 0 && errno == EINTR) {
            bytes.resize(filled);
            continue;
        }
        if (count < 0) return tl::unexpected(error_from_errno(errno));
        bytes.resize(filled + static_cast<std::size_t>(count));
        if (count == 0) return bytes;
        if (bytes.size() > max_file_bytes) return input_error(InputErrorKind::limits, "larger than 1 GiB");
    }
}

}  // namespace

Expected<std::vector<std::byte>> read_file(Input& input) {
    if (input.error) return tl::unexpected(*input.error);
    if (input.bytes) return std::move(*input.bytes);
    const auto opened = open_input(input.path, input.named);
    if (!opened) return tl::unexpected(opened.error());
    const bool regular = S_ISREG(opened->status.st_mode);
    const auto size = regular ? static_cast<std::size_t>(opened->status.st_size) : 0;
    if (size > max_file_bytes) return input_error(InputErrorKind::limits, "larger than 1 GiB");
    return read_all(opened->file.descriptor(), size);
}

}  // namespace imnet
