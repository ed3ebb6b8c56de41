#pragma once

namespace imnet {

/// How many images there are and their size: [count, height, width, channels], channels side by side.
struct NhwcImages {
    int count = 0;
    int height = 0;
    int width = 0;
};

}  // namespace imnet
