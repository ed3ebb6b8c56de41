#pragma once

#include <optional>
#include <string>
#include <vector>

namespace imnet {

/// Reads paths from a file or from standard input ("-"), one at a time as they arrive. Each path is a line;
/// with `null` each ends in a NUL byte and is taken exactly. Empty paths are skipped. In lines, a carriage
/// return at the end and a byte order mark at the start of the file are dropped.
class PathList {
public:
    /// A longer path is cut to this length, so that a file that is no list takes little memory. No system
    /// can open so long a path.
    static constexpr std::size_t longest = 65'536;

    /// Throws UsageError if the list cannot be opened.
    PathList(std::string file, bool null);
    ~PathList();
    PathList(const PathList&) = delete;
    PathList& operator=(const PathList&) = delete;

    /// The next path; nothing at the end. Throws OutputError if reading the list fails.
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
