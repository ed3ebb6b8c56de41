// Decodes and preprocesses a picture and writes the result to standard output, to compare it with Pillow,
// torchvision and timm:
//   pixels_probe FILE --rgb         width, height (int32) and RGB bytes, as decoded
//   pixels_probe FILE --refuse|--as-pillow|--keep   the same with this policy for damage; what is damaged is
//   said on standard
//                                   error
//   pixels_probe FILE --upright     the same after EXIF orientation
//   pixels_probe FILE SHORT_SIDE IMAGE_SIZE INTERPOLATION MEAN×3 STD×3 [FORMAT]
//                                   the preprocessed picture; a SHORT_SIDE such as 224x224 squashes it, and
//                                   one such as b224 gives it a border; FORMAT is a name in
//                                   imnet::PixelFormat, by default planar_float32
//   pixels_probe FILE --stated SIZE SHORT_SIDE CROP_PCT FIT
//                                   the same with torchvision's usual preprocessing, and over it what the
//                                   options of imnet state; FIT is a name in imnet::CropMode, and - states
//                                   nothing
//   pixels_probe FILE --processor JSON   the same as a preprocessor_config.json of transformers states it
// With `--draft SHORT_SIDE` at the end, a JPEG is decoded at a fraction of its size. If the picture cannot be
// decoded, prints `kind: message` on standard error and exits with 1.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "base/mapped_file.h"
#include "codecs/decode.h"
#include "codecs/jpeg.h"
#include "codecs/orientation.h"
#include "codecs/sniff.h"
#include "preprocess/decode_needed.h"
#include "preprocess/preprocess.h"
#include "preprocess/stated_preprocessing.h"
#include "preprocess/transformers_processor.h"

namespace {

void write(const void* data, std::size_t size) { std::fwrite(data, 1, size, stdout); }

void write_pixels(const imnet::Image& image) {
    const std::int32_t size[2] = {image.width, image.height};
    write(size, sizeof size);
    write(image.rgb.data(), image.rgb.size());
}

imnet::Preprocessing read_preprocessing(char** arguments) {
    imnet::Preprocessing preprocessing;
    const bool border = arguments[0][0] == 'b';
    preprocessing.short_side = std::atoi(arguments[0] + (border ? 1 : 0));
    if (border) preprocessing.crop_mode = imnet::CropMode::border;
    if (std::string_view(arguments[0]).find('x') != std::string_view::npos)
        preprocessing.crop_mode = imnet::CropMode::squash;
    preprocessing.image_size = std::atoi(arguments[1]);
    preprocessing.interpolation = imnet::parse_interpolation(arguments[2]).value();
    for (std::size_t channel = 0; channel < 3; ++channel) {
        preprocessing.mean[channel] = std::strtof(arguments[3 + channel], nullptr);
        preprocessing.std[channel] = std::strtof(arguments[6 + channel], nullptr);
    }
    return preprocessing;
}

imnet::Preprocessing with_options(char** arguments) {
    imnet::StatedPreprocessing stated;
    const auto is_stated = [](const char* word) { return std::string_view(word) != "-"; };
    if (is_stated(arguments[0])) stated.image_size = std::atoi(arguments[0]);
    if (is_stated(arguments[1])) stated.short_side = std::atoi(arguments[1]);
    if (is_stated(arguments[2])) stated.crop_pct = std::strtod(arguments[2], nullptr);
    if (is_stated(arguments[3])) stated.crop_mode = imnet::parse_crop_mode(arguments[3]).value();
    return imnet::with_stated(stated, {});
}

imnet::Preprocessing stated_preprocessing(int argc, char** argv) {
    if (argc <= 3) return {};
    if (argc == 7) return with_options(argv + 3);
    if (argc != 4) return read_preprocessing(argv + 2);
    const imnet::MappedFile json(argv[3]);
    return imnet::parse_transformers_processor(imnet::Json::parse(imnet::as_text(json.bytes())), "");
}

imnet::PixelFormat read_format(std::string_view name) {
    if (name == "interleaved_float32") return imnet::PixelFormat::interleaved_float32;
    if (name == "interleaved_bfloat16") return imnet::PixelFormat::interleaved_bfloat16;
    return imnet::PixelFormat::planar_float32;
}

imnet::Expected<imnet::DecodedImage> decode_whole(std::span<const std::byte> bytes, int draft_short_side) {
    if (imnet::sniff(bytes) != imnet::PictureFormat::jpeg) return imnet::decode(bytes);
    auto jpeg = imnet::JpegFile::open(bytes, {});
    if (!jpeg) return tl::unexpected(jpeg.error());
    return jpeg->decode({.scale = imnet::jpeg_draft_scale(jpeg->width(), jpeg->height(), draft_short_side)});
}

/// `--refuse`, `--as-pillow` or `--keep`.
std::optional<imnet::DamagePolicy> damage_policy(std::string_view word) {
    if (word == "--refuse") return imnet::DamagePolicy::refuse;
    if (word == "--as-pillow") return imnet::DamagePolicy::as_pillow;
    if (word == "--keep") return imnet::DamagePolicy::keep;
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    int draft_short_side = 0;
    if (argc >= 5 && std::string_view(argv[argc - 2]) == "--draft") {
        draft_short_side = std::atoi(argv[argc - 1]);
        argc -= 2;
    }
    const bool by_processor = argc == 4 && std::string_view(argv[2]) == "--processor";
    if (argc != 3 && !by_processor && argc != 7 && argc != 11 && argc != 12) return 2;
    const imnet::Preprocessor preprocessor(stated_preprocessing(argc, argv),
                                           read_format(argc == 12 ? argv[11] : "planar_float32"));
    const imnet::MappedFile file(argv[1]);
    const auto policy = damage_policy(argv[2]);
    auto decoded = policy     ? imnet::decode(file.bytes(), {.damage = *policy})
                   : argc > 3 ? imnet::decode_needed(file.bytes(), preprocessor, {}, draft_short_side)
                              : decode_whole(file.bytes(), draft_short_side);
    if (!decoded) {
        std::fprintf(stderr, "%s: %s\n", imnet::name(decoded.error().kind).data(),
                     decoded.error().message.c_str());
        return 1;
    }
    if (policy && decoded->damage) std::fprintf(stderr, "%s\n", decoded->damage->message.c_str());
    if (policy || (argc == 3 && std::string_view(argv[2]) == "--rgb")) {
        write_pixels(decoded->image);
        return 0;
    }
    if (argc == 3) {
        write_pixels(imnet::orient(std::move(decoded->image), decoded->orientation));
        return 0;
    }
    std::vector<std::byte> tensor(preprocessor.bytes());
    preprocessor.preprocess(*decoded, tensor);
    write(tensor.data(), tensor.size());
    return 0;
}
