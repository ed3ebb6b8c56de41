#pragma once

namespace imnet {

/// The square window of a pool, and how many rows and columns come out.
struct PoolWindow {
    int kernel = 3;
    int stride = 2;
    int padding = 1;  ///< before the first row and column
    int rows = 0;
    int columns = 0;
};

}  // namespace imnet
