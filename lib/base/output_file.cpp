#include "base/output_file.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/named_descriptor.h"
#include "base/place_file.h"
#include "base/write_all.h"

namespace imnet {
namespace {

bool is_regular(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

// mkstemp makes files that only their owner may read; an output should follow the umask.
void apply_umask(int fd) {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(fd, 0666 & ~mask);
}

// To open a named pipe waits until it has a reader. Gives -1 and errno where it fails.
int open_special_file(const std::string& path) {
    while (true) {
        const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
        if (fd >= 0 || errno != EINTR) return fd;
        if (const int signal = interrupted()) throw Interrupted{signal};
    }
}

}  // namespace

bool is_file_to_write(const std::filesystem::path& path) {
    struct stat status {};
    if (path == "-" || named_descriptor(path)) return false;
    return ::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

std::filesystem::path without_links(const std::filesystem::path& path) {
    std::error_code ignored;
    auto canonical = std::filesystem::weakly_canonical(path, ignored);
    return canonical.empty() ? path : canonical;
}

void sync_folder_of(const std::filesystem::path& file) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const int error = sync_folder(folder);
    // EACCES: a folder may be writable but not readable; then it cannot be synchronised.
    if (error != 0 && error != EACCES) throw_output_error(folder.native(), error);
}

OutputFile::OutputFile(const std::string& path) : shown_name_(path == "-" ? "standard output" : path) {
    if (path == "-") {
        fd_ = STDOUT_FILENO;
    } else if (const auto open_file = named_descriptor(path)) {
        // To open it once more would start at the beginning of a file that `>>` appends to.
        fd_ = ::fcntl(*open_file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (fd_ < 0) fail(errno);
    } else if (!is_file_to_write(path)) {
        fd_ = open_special_file(path);
        if (fd_ < 0) fail(errno);
    } else {
        final_path_ = without_links(path);  // a symbolic link is kept and its target replaced
        std::string pattern = final_path_.native() + ".XXXXXX";
        fd_ = ::mkostemp(pattern.data(), O_CLOEXEC);
        if (fd_ < 0) fail(errno);
        temporary_path_ = pattern;
        removed_on_signal_.emplace(temporary_path_);
        apply_umask(fd_);
    }
    regular_ = is_regular(fd_);
}

OutputFile::OutputFile(const std::string& path, InPlace)
    : shown_name_(path),
      final_path_(without_links(path)),
      fd_(::open(final_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    if (fd_ < 0) fail(errno);
    regular_ = true;
    sync_folder_of(final_path_);
}

OutputFile OutputFile::in_place(const std::string& path) { return {path, InPlace{}}; }

OutputFile::~OutputFile() {
    if (fd_ > STDOUT_FILENO) ::close(fd_);
    if (!temporary_path_.empty()) ::unlink(temporary_path_.c_str());
}

void OutputFile::fail(int error) const {
    if (error == EPIPE) throw ClosedPipe{};
    throw_output_error(shown_name_, error);
}

void OutputFile::flush() {
    const Written written = write_all(fd_, pending_);
    if (written.error != 0) cut_to_whole_lines(std::string_view(pending_).substr(0, written.bytes));
    pending_.clear();
    if (written.error != 0) fail(written.error);
}

// Removes only bytes that this object wrote, and only at the end of the file, because other processes may
// write to the same standard output.
void OutputFile::cut_to_whole_lines(std::string_view last_written) const {
    const std::size_t newline = last_written.rfind('\n');
    const std::size_t torn =
        newline == std::string_view::npos ? last_written.size() : last_written.size() - newline - 1;
    if (torn == 0 || !regular_) return;
    struct stat status {};
    if (::fstat(fd_, &status) != 0 || ::lseek(fd_, 0, SEEK_CUR) != status.st_size) return;
    if (::ftruncate(fd_, status.st_size - static_cast<off_t>(torn)) == 0) ::lseek(fd_, 0, SEEK_END);
}

void OutputFile::sync() {
    flush();
    if (regular_ && ::fsync(fd_) != 0) fail(errno);
}

void OutputFile::cut_to(std::uint64_t size) {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) fail(errno);
}

void OutputFile::commit() {
    flush();
    if (final_path_.empty()) return;
    sync();
    if (temporary_path_.empty()) return;
    if (::rename(temporary_path_.c_str(), final_path_.c_str()) != 0) fail(errno);
    temporary_path_.clear();
    removed_on_signal_.reset();
    sync_folder_of(final_path_);
}

bool OutputFile::is_terminal() const { return ::isatty(fd_) == 1; }

}  // namespace imnet
