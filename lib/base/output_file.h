#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/interruption.h"

namespace imnet {

/// Where rows go: standard output, a device or pipe, or a file that appears under its name only
/// when it is complete. Until `commit` the rows stand in a temporary file beside it, which is
/// removed if the run fails or is ended by a signal. What is written is kept until `flush`.
class OutputFile {
public:
    /// "-" is standard output. Throws OutputError.
    explicit OutputFile(const std::string& path);

    /// A file that is written under its own name, behind what it holds. Throws OutputError.
    static OutputFile in_place(const std::string& path);

    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    void write(std::string_view bytes) { pending_ += bytes; }

    /// Bytes that were written since the last flush.
    std::size_t pending() const { return pending_.size(); }

    /// Hands what was written to the operating system, in one write(2) where that takes it all. Where
    /// the disk is full, a regular file is cut back to whole lines. Throws OutputError; ClosedPipe
    /// where nobody reads any more.
    void flush();

    /// Flushes, and waits until all of it is on the disk.
    void sync();

    /// Cuts a file that is written in place to that many bytes.
    void cut_to(std::uint64_t size);

    /// Flushes, and gives the file its name, on the disk.
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

/// Whether a path names a regular file, or nothing yet: a file that a run makes or replaces.
bool is_file_to_write(const std::filesystem::path& path);

/// The path of the file itself where `path` is a link to it.
std::filesystem::path without_links(const std::filesystem::path& path);

/// Waits until the names in a file's folder are on the disk. Throws OutputError.
void sync_folder_of(const std::filesystem::path& file);

/// The reader of standard output has gone away (`| head`): the run ends without a message.
struct ClosedPipe {};

}  // namespace imnet
