#include "inputs/open_input.h"

#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "base/standard_streams.h"

namespace imnet {
namespace {

std::string_view kind_of(mode_t mode) {
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a named pipe";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

}  // namespace

InputFile::~InputFile() {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

Expected<OpenInput> open_input(const std::string& path, bool named) {
    const bool standard_input = path == "-" && named;
    if (standard_input && !standard_input_is_open()) {
        return input_error(InputErrorKind::io, "standard input is closed");
    }
    OpenInput input;
    // O_NONBLOCK: a named pipe without a writer must not stop the run.
    input.file =
        InputFile(standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    const int descriptor = input.file.descriptor();
    if (descriptor < 0 || ::fstat(descriptor, &input.status) != 0) {
        return tl::unexpected(error_from_errno(errno));
    }
    const mode_t mode = input.status.st_mode;
    const bool stream = S_ISFIFO(mode) || S_ISSOCK(mode) || S_ISCHR(mode);
    if (!S_ISREG(mode) && !(stream && named)) {
        return input_error(InputErrorKind::io, "not a file but " + std::string(kind_of(mode)));
    }
    if (!standard_input) ::fcntl(descriptor, F_SETFL, 0);  // wait for a pipe that has a writer
    return input;
}

}  // namespace imnet
