#pragma once

#include <cstddef>
#include <string_view>

namespace imnet {

/// How much was written, and the errno value that ended it; 0 where it was everything.
struct Written {
    std::size_t bytes = 0;
    int error = 0;
};

/// Writes bytes to an open file, with one write(2) where that takes them all. Where a descriptor was made not
/// to block, it waits.
Written write_all(int fd, std::string_view bytes);

}  // namespace imnet
