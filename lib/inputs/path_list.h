#pragma once

#include <optional>
#include <string>
#include <vector>

namespace imnet {

/// Reads paths from a file or from standard input ("-"), one at a time as they arrive: a line each,
/// or, with `null`, ended by a NUL byte and taken exactly. Empty ones are skipped. Of lines a
/// carriage return before the end and a byte order mark at the start of the file are dropped.
class PathList {
public:
    /// A longer path is cut here, so that a file that is no list takes no memory; no system opens it.
    static constexpr std::size_t longest = 65'536;

    /// Throws UsageError where the list cannot be opened.
    PathList(std::string file, bool null);
    ~PathList();
    PathList(const PathList&) = delete;
    PathList& operator=(const PathList&) = delete;

    /// The next path; nothing at the end. Throws OutputError where the list cannot be read on.
    std::optional<std::string> next();

private:
    std::optional<std::string> next_piece();
    bool fill();

    std::string file_;
    bool null_;
    int descriptor_;
    bool at_start_ = true;
    std::vector<char> buffer_;
    std::size_t taken_ = 0;
    std::size_t filled_ = 0;
};

}  // namespace imnet
