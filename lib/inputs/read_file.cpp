#include "inputs/read_file.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interruption.h"
#include "inputs/open_input.h"

namespace imnet {
namespace {

// A pipe may stay silent for ever. A signal that asks the program to stop must end the wait.
void wait_for_bytes(int fd) {
    pollfd waited[2] = {{fd, POLLIN, 0}, {interruption_fd(), POLLIN, 0}};
    while (::poll(waited, 2, -1) < 0 && errno == EINTR) continue;
    if (const int signal = interrupted()) throw Interrupted{signal};
}

constexpr std::size_t chunk = 1U << 16U;

Expected<std::vector<std::byte>> read_all(int fd, std::size_t expected_size, bool may_block) {
    std::vector<std::byte> bytes;
    bytes.reserve(expected_size + 1);  // one byte more, so that the end is found without growing
    while (true) {
        const std::size_t filled = bytes.size();
        bytes.resize(filled < bytes.capacity() ? bytes.capacity() : filled + chunk);
        if (may_block) wait_for_bytes(fd);
        const ssize_t count = ::read(fd, bytes.data() + filled, bytes.size() - filled);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
            if (errno == EAGAIN) wait_for_bytes(fd);  // a pipe that some process has open for writing
            bytes.resize(filled);
            continue;
        }
        if (count < 0) return tl::unexpected(error_from_errno(errno));
        bytes.resize(filled + static_cast<std::size_t>(count));
        if (count == 0) return bytes;
        if (bytes.size() > max_file_bytes) return input_error(InputErrorKind::limits, "larger than 1 GiB");
    }
}

/// Looks at the start of a large file, so that one that is no picture is not read.
std::optional<InputError> refusal_of_start(int fd, std::size_t size, const CheckStart& check) {
    constexpr std::size_t large = std::size_t{1} << 24;
    if (!check || size < large) return std::nullopt;
    std::vector<std::byte> start(chunk);
    const ssize_t count =
        ::pread(fd, start.data(), start.size(), std::max<off_t>(0, ::lseek(fd, 0, SEEK_CUR)));
    if (count <= 0) return std::nullopt;  // reading all of it finds out why
    return check(std::span(start).first(static_cast<std::size_t>(count)));
}

}  // namespace

Expected<std::vector<std::byte>> read_file(Input& input, const CheckStart& check) {
    if (input.error) return tl::unexpected(*input.error);
    if (input.bytes) return std::move(*input.bytes);
    const auto opened = open_input(input.path, input.named);
    if (!opened) return tl::unexpected(opened.error());
    const bool regular = S_ISREG(opened->status.st_mode);
    const auto size = regular ? static_cast<std::size_t>(opened->status.st_size) : 0;
    if (size > max_file_bytes) return input_error(InputErrorKind::limits, "larger than 1 GiB");
    const int descriptor = opened->file.descriptor();
    if (auto refused = refusal_of_start(descriptor, size, check)) return tl::unexpected(std::move(*refused));
    const bool standard_input = descriptor == STDIN_FILENO;
    if (!regular && !standard_input) ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return read_all(descriptor, size, standard_input && !regular);
}

Expected<std::vector<std::byte>> read_file(const std::filesystem::path& path) {
    Input input{path.native()};
    return read_file(input);
}

}  // namespace imnet
