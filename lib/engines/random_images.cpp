#include "engines/random_images.h"

#include <cstdint>
#include <cstring>
#include <random>

#include "base/bfloat16.h"

namespace imnet {

std::vector<std::byte> random_images(int count, int image_size, PixelFormat format) {
    std::mt19937 random;
    std::normal_distribution<float> normal;
    const std::size_t numbers = static_cast<std::size_t>(count) * 3 * image_size * image_size;
    const bool halves = format == PixelFormat::interleaved_bfloat16;
    std::vector<std::byte> images(numbers * (halves ? sizeof(std::uint16_t) : sizeof(float)));
    for (std::size_t i = 0; i < numbers; ++i) {
        const float value = normal(random);
        const std::uint16_t half = to_bfloat16(value);
        if (halves) {
            std::memcpy(images.data() + i * sizeof half, &half, sizeof half);
        } else {
            std::memcpy(images.data() + i * sizeof value, &value, sizeof value);
        }
    }
    return images;
}

}  // namespace imnet
