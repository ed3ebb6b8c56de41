// Times decoding and preprocessing of one picture on one thread, each by itself:
//   preprocess_bench FILE REPETITIONS
// Prints a line a stage: its name and every sample in milliseconds. preprocess_bench.py does the same
// with Pillow and puts both side by side.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "base/mapped_file.h"
#include "images/decode.h"
#include "images/preprocess.h"
#include "images/resize.h"

namespace {

void report(const char* stage, int repetitions, const std::function<void()>& run) {
    using Clock = std::chrono::steady_clock;
    run();  // warms caches and pages
    std::printf("%s", stage);
    for (int i = 0; i < repetitions; ++i) {
        const auto start = Clock::now();
        run();
        std::printf(" %.4f", std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
    std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const imnet::MappedFile file(argv[1]);
    const int repetitions = std::atoi(argv[2]);
    const auto decoded = imnet::decode(file.bytes());
    if (!decoded) return 1;
    const imnet::Image& image = decoded->image;
    const imnet::Preprocessing v2;
    const imnet::Preprocessing a1h{235, 224, imnet::Interpolation::bicubic, {.5F, .5F, .5F}, {.5F, .5F, .5F}};
    std::vector<float> tensor(imnet::preprocessed_size(v2));

    report("decode", repetitions, [&] { (void)imnet::decode(file.bytes()); });
    const bool portrait = image.width <= image.height;
    const int long_side =
        232 * (portrait ? image.height : image.width) / (portrait ? image.width : image.height);
    const int width = portrait ? 232 : long_side;
    const int height = portrait ? long_side : 232;
    report("resize-bilinear-whole", repetitions, [&] {
        (void)imnet::resize(image, width, height, imnet::Interpolation::bilinear, {0, 0, width, height});
    });
    report("preprocess-V2", repetitions, [&] { imnet::preprocess(image, v2, tensor); });
    report("preprocess-a1h", repetitions, [&] { imnet::preprocess(image, a1h, tensor); });
    return 0;
}
