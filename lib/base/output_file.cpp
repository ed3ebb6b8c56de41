#include "base/output_file.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"

namespace imnet {
namespace {

// The temporary file that a signal must remove; a signal handler may read nothing else.
char doomed_path[4096];  // NOLINT: a signal handler needs static storage

void remove_and_die(int signal) {
    if (doomed_path[0] != '\0') ::unlink(doomed_path);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void remove_on_signals(const std::filesystem::path& path) {
    if (path.native().size() >= sizeof doomed_path) return;
    std::strcpy(doomed_path, path.c_str());
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction action {};
        if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
        action.sa_handler = remove_and_die;
        ::sigaction(signal, &action, nullptr);
    }
}

bool replaces_a_regular_file(const std::filesystem::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

// mkstemp makes files that only their owner may read; a result should obey the umask.
void apply_umask(int fd) {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(fd, 0666 & ~mask);
}

}  // namespace

OutputFile::OutputFile(const std::string& path) : shown_name_(path == "-" ? "standard output" : path) {
    if (path == "-") {
        file_ = stdout;
        return;
    }
    if (!replaces_a_regular_file(path)) {
        file_ = std::fopen(path.c_str(), "wb");
        if (file_ == nullptr) fail(errno);
        return;
    }
    std::error_code ignored;
    final_path_ = std::filesystem::weakly_canonical(path, ignored);  // a link stays a link
    if (final_path_.empty()) final_path_ = path;
    std::string pattern = final_path_.native() + ".XXXXXX";
    const int fd = ::mkstemp(pattern.data());
    if (fd < 0) fail(errno);
    temporary_path_ = pattern;
    remove_on_signals(temporary_path_);
    apply_umask(fd);
    file_ = ::fdopen(fd, "wb");
    if (file_ == nullptr) fail(errno);
}

OutputFile::~OutputFile() {
    if (file_ != nullptr && file_ != stdout) std::fclose(file_);
    if (!temporary_path_.empty()) {
        ::unlink(temporary_path_.c_str());
        doomed_path[0] = '\0';
    }
}

void OutputFile::fail(int error) const {
    if (error == EPIPE) throw ClosedPipe{};
    throw OutputError(fmt::format("{}: {}", shown_name_, std::generic_category().message(error)));
}

void OutputFile::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail(errno);
}

void OutputFile::flush() {
    if (std::fflush(file_) != 0) fail(errno);
}

void OutputFile::commit() {
    flush();
    if (temporary_path_.empty()) return;
    if (::fsync(::fileno(file_)) != 0) fail(errno);
    if (::rename(temporary_path_.c_str(), final_path_.c_str()) != 0) fail(errno);
    temporary_path_.clear();
    doomed_path[0] = '\0';
}

bool OutputFile::is_terminal() const { return ::isatty(::fileno(file_)) == 1; }

}  // namespace imnet
