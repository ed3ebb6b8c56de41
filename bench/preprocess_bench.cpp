// Times decoding and preprocessing of one image on one thread, one step at a time:
//   preprocess_bench FILE REPETITIONS
// Prints one line for each step: its name and every sample in milliseconds. preprocess_bench.py does the same
// with Pillow and compares the two.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <utility>
#include <vector>

#include "base/mapped_file.h"
#include "codecs/decode.h"
#include "codecs/jpeg.h"
#include "preprocess/decode_needed.h"
#include "preprocess/preprocess.h"
#include "preprocess/resample.h"

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
    using imnet::PixelFormat;
    const imnet::Preprocessor by_v2(v2, PixelFormat::planar_float32);
    const imnet::Preprocessor by_v2_bfloat16(v2, PixelFormat::interleaved_bfloat16);
    const imnet::Preprocessor by_a1h(a1h, PixelFormat::planar_float32);
    std::vector<std::byte> tensor(by_v2.bytes());

    report("decode", repetitions, [&] { (void)imnet::decode(file.bytes()); });
    std::vector<std::uint8_t> memory;
    report("decode-again", repetitions, [&] {
        auto jpeg = imnet::JpegFile::open(file.bytes(), {});
        auto again = jpeg ? jpeg->decode({}, std::move(memory)) : imnet::decode(file.bytes());
        memory = std::move(again->image.rgb);
    });
    const auto report_needed = [&](const char* stage, int draft_short_side) {
        report(stage, repetitions, [&] {
            auto again = imnet::decode_needed(file.bytes(), by_v2, {}, draft_short_side, std::move(memory));
            memory = std::move(again->image.rgb);
        });
    };
    report_needed("decode-again-columns", 0);
    report_needed("decode-again-draft", 2 * v2.short_side);
    const bool portrait = image.width <= image.height;
    const int long_side =
        232 * (portrait ? image.height : image.width) / (portrait ? image.width : image.height);
    const int width = portrait ? 232 : long_side;
    const int height = portrait ? long_side : 232;
    report("resize-bilinear-whole", repetitions, [&] {
        (void)imnet::resize(image, width, height, imnet::Interpolation::bilinear, {0, 0, width, height});
    });
    report("preprocess-V2", repetitions, [&] { by_v2.preprocess(image, tensor); });
    const imnet::DecodedImage turned{image, 6};
    report("preprocess-V2-turned", repetitions, [&] { by_v2.preprocess(turned, tensor); });
    report("preprocess-a1h", repetitions, [&] { by_a1h.preprocess(image, tensor); });
    report("preprocess-V2-bfloat16", repetitions,
           [&] { by_v2_bfloat16.preprocess(image, std::span(tensor).first(by_v2_bfloat16.bytes())); });
    return 0;
}
