// Augments a picture as training does and writes the result to standard output, to compare it with
// torchvision:
//   augment_probe FILE SIZE bilinear|bicubic SCALE×2 RATIO×2 FLIP BRIGHTNESS CONTRAST SATURATION HUE SEED
//   COUNT
//       writes COUNT tensors [SIZE, SIZE, 3] of float32, for the seeds SEED, SEED + 1, …
//   augment_probe FILE brightness|contrast|saturation|hue FACTOR
//       writes the RGB bytes after that adjustment
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "codecs/decode.h"
#include "training/augmentation.h"
#include "training/color_jitter.h"

namespace {

imnet::Augmentation read_augmentation(char** arguments) {
    const auto number = [&](int i) { return std::strtod(arguments[i], nullptr); };
    imnet::Augmentation augmentation;
    augmentation.size = std::atoi(arguments[0]);
    augmentation.interpolation = std::string_view(arguments[1]) == "bicubic" ? imnet::Interpolation::bicubic
                                                                             : imnet::Interpolation::bilinear;
    augmentation.scale = {number(2), number(3)};
    augmentation.ratio = {number(4), number(5)};
    augmentation.flip = number(6);
    augmentation.brightness = number(7);
    augmentation.contrast = number(8);
    augmentation.saturation = number(9);
    augmentation.hue = number(10);
    return augmentation;
}

void adjust(imnet::Image& image, std::string_view what, double factor) {
    if (what == "brightness") imnet::adjust_brightness(image, factor);
    if (what == "contrast") imnet::adjust_contrast(image, factor);
    if (what == "saturation") imnet::adjust_saturation(image, factor);
    if (what == "hue") imnet::adjust_hue(image, factor);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4 && argc != 15) return 2;
    const imnet::MappedFile file(argv[1]);
    auto decoded = imnet::decode(file.bytes(), {});
    if (!decoded) return 1;
    imnet::Image& image = decoded->image;
    if (argc == 4) {
        adjust(image, argv[2], std::strtod(argv[3], nullptr));
        std::fwrite(image.rgb.data(), 1, image.rgb.size(), stdout);
        return 0;
    }
    const imnet::Augmentation augmentation = read_augmentation(argv + 2);
    const auto first_seed = static_cast<std::uint64_t>(std::atoll(argv[13]));
    const int count = std::atoi(argv[14]);
    std::vector<float> tensor(std::size_t{3} * augmentation.size * augmentation.size);
    for (int i = 0; i < count; ++i) {
        imnet::augment(image, augmentation, first_seed + i, tensor);
        std::fwrite(tensor.data(), sizeof(float), tensor.size(), stdout);
    }
    return 0;
}
