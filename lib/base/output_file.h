#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/interruption.h"

namespace imnet {

/// Standard output, another open file of this process (/dev/fd/3), a device or pipe, or a file that gets its
/// name only when it is complete. Until `commit` the bytes of such a file are in a temporary file beside it,
/// which is removed if the run fails or a signal ends it. All others are written in place, behind what is
/// there. `write` only collects bytes; `flush` writes them.
class OutputFile {
public:
    /// "-" is standard output. Waits for the reader of a named pipe. Throws OutputError, and Interrupted
    /// where it waits and a signal asks the program to stop.
    explicit OutputFile(const std::string& path);

    /// A file to which bytes are appended under its own name. Throws OutputError.
    static OutputFile in_place(const std::string& path);

    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    void write(std::string_view bytes) { pending_ += bytes; }

    /// The number of bytes that were collected since the last flush.
    std::size_t pending() const { return pending_.size(); }

    /// Writes the collected bytes, with one write(2) where that takes them all. Where the disk is full, a
    /// regular file is cut back to whole lines. Throws OutputError; ClosedPipe where the reader of a pipe
    /// is gone.
    void flush();

    /// Flushes, and waits until all of it is on the disk.
    void sync();

    /// Cuts a file that is written in place to `size` bytes.
    void cut_to(std::uint64_t size);

    /// Flushes, gives the file its name, and waits until both are on the disk.
    void commit();

    bool is_terminal() const;

private:
    struct InPlace {};
    OutputFile(const std::string& path, InPlace);

    [[noreturn]] void fail(int error) const;
    void cut_to_whole_lines(std::string_view last_written) const;

    std::string shown_name_;
    std::filesystem::path final_path_;
    std::filesystem::path temporary_path_;  ///< empty where the output is written in place
    std::optional<RemovedOnSignal> removed_on_signal_;
    int fd_ = -1;
    bool regular_ = false;
    std::string pending_;
};

/// Whether a path names a regular file or does not exist: whether a run would make or replace it. Not for
/// open files of this process (/dev/stdout), whatever they are.
bool is_file_to_write(const std::filesystem::path& path);

/// The path with all symbolic links resolved.
std::filesystem::path without_links(const std::filesystem::path& path);

/// Waits until the entries of a file's folder are on the disk. Throws OutputError.
void sync_folder_of(const std::filesystem::path& file);

/// The reader of standard output has gone away (`| head`): the run ends without a message.
struct ClosedPipe {};

}  // namespace imnet
