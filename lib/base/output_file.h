#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace imnet {

/// Where rows go: standard output, a device or pipe, or a file that appears under its name only
/// when it is complete. Until `commit` the rows stand in a temporary file beside it, which is
/// removed if the run fails or is ended by SIGINT, SIGTERM or SIGHUP.
class OutputFile {
public:
    /// "-" is standard output. Throws OutputError.
    explicit OutputFile(const std::string& path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    /// Throws OutputError; ClosedPipe where nobody reads any more.
    void write(std::string_view bytes);

    /// Hands what was written to the operating system.
    void flush();

    /// Flushes, and gives the file its name.
    void commit();

    bool is_terminal() const;

private:
    [[noreturn]] void fail(int error) const;

    std::string shown_name_;
    std::filesystem::path final_path_;  ///< empty where the output is written in place
    std::filesystem::path temporary_path_;
    std::FILE* file_ = nullptr;
};

/// The reader of standard output has gone away (`| head`): the run ends without a message.
struct ClosedPipe {};

}  // namespace imnet
