#include "kernels/max_pool.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "kernels/max_pool_kernels.h"

namespace imnet {
namespace {

template <class Number>
void pool(MaxPoolPixel<Number> kernel, const Number* source, NhwcImages images, int channels,
          Number* destination, const MaxPoolEpilogue& epilogue, int part, int parts) {
    const int down = pooled(images.height);
    const int across = pooled(images.width);
    const auto share = [&](int of) { return static_cast<long long>(images.count) * down * of / parts; };
    const float* scale = epilogue.scale.empty() ? nullptr : epilogue.scale.data();
    for (long long row = share(part); row < share(part + 1); ++row) {
        const long long image = row / down;
        const int middle = static_cast<int>(row % down) * 2;
        // Padding never wins, and a window's outermost pixel inside the image is in the window anyway:
        // what lies outside is replaced by it.
        std::array<const Number*, 3> rows;
        for (int i = 0; i < 3; ++i) {
            const int y = std::clamp(middle - 1 + i, 0, images.height - 1);
            rows[i] = source + (image * images.height + y) * images.width * channels;
        }
        for (int x = 0; x < across; ++x) {
            std::array<const Number*, 9> window;
            for (int i = 0; i < 3; ++i) {
                const std::ptrdiff_t column = std::clamp(x * 2 - 1 + i, 0, images.width - 1);
                for (int j = 0; j < 3; ++j) window[j * 3 + i] = rows[j] + column * channels;
            }
            kernel(window.data(), channels, scale, epilogue.shift.data(), epilogue.relu,
                   destination + (row * across + x) * channels);
        }
    }
}

}  // namespace

const MaxPoolKernels& fastest_max_pool_kernels() {
    static const MaxPoolKernels& fastest = avx512_max_pool_kernels() != nullptr ? *avx512_max_pool_kernels()
                                           : avx2_max_pool_kernels() != nullptr ? *avx2_max_pool_kernels()
                                                                                : portable_max_pool_kernels;
    return fastest;
}

void max_pool(std::span<const float> source, NhwcImages images, int channels, std::span<float> destination,
              const MaxPoolEpilogue& epilogue, int part, int parts) {
    pool(fastest_max_pool_kernels().floats, source.data(), images, channels, destination.data(), epilogue,
         part, parts);
}

void max_pool(std::span<const std::uint16_t> source, NhwcImages images, int channels,
              std::span<std::uint16_t> destination, const MaxPoolEpilogue& epilogue, int part, int parts) {
    pool(fastest_max_pool_kernels().bfloats, source.data(), images, channels, destination.data(), epilogue,
         part, parts);
}

}  // namespace imnet
