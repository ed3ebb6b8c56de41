#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inputs/input.h"

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

    /// The next path; nothing at the end. With `Wait::no` also nothing where the next one is not complete
    /// yet. Throws OutputError if reading the list fails, and Interrupted where it waits and a signal asks
    /// the program to stop.
    std::optional<std::string> next(Wait wait = Wait::yes);

    /// Whether `next` has given all paths.
    bool ended() const { return ended_ && taken_ == filled_; }

    /// Whether another program may still be writing the list.
    bool may_wait() const { return may_wait_; }

private:
    std::optional<std::string> next_piece(Wait wait);
    bool fill(Wait wait);
    [[noreturn]] void refuse_utf16() const;
    bool is_ready(Wait wait) const;

    std::string file_;
    bool null_;
    int descriptor_;
    bool may_wait_ = false;
    bool at_start_ = true;
    bool ended_ = false;
    std::string piece_;  ///< the bytes of a path whose end is still to come
    std::vector<char> buffer_;
    std::size_t taken_ = 0;
    std::size_t filled_ = 0;
};

}  // namespace imnet
