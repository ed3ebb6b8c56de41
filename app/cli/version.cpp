#include "cli/version.h"

#include <fmt/core.h>

namespace imnet::app {
namespace {

// The values are set by CMake; an empty one means that the part is not built in.
std::string part(std::string_view name, std::string_view version, std::string_view purpose) {
    return fmt::format("  {:16}{:12}{}\n", name, version.empty() ? "off" : version, purpose);
}

}  // namespace

std::string version() { return IMNET_VERSION; }

std::string version_text() {
    return fmt::format("imnet {}\n", version()) + part("oneDNN", IMNET_ONEDNN_VERSION, "engine: CPU") +
           part("libtorch", IMNET_TORCH_VERSION, "engine: " IMNET_TORCH_DEVICES) +
           part("libjpeg-turbo", IMNET_JPEG_VERSION, "JPEG") + part("libwebp", IMNET_WEBP_VERSION, "WebP") +
           part("libheif", IMNET_HEIF_VERSION, "HEIC and AVIF") +
           part("libtiff", IMNET_TIFF_VERSION, "TIFF") +
           part("openjpeg", IMNET_JPEG2000_VERSION, "JPEG 2000") +
           part("libjxl", IMNET_JXL_VERSION, "JPEG XL") +
           part("libarchive", IMNET_ARCHIVE_VERSION, "tar and zip archives") +
           part("libcurl", IMNET_CURL_VERSION, "imnet weights fetch") +
           part("stb_image", IMNET_STB_VERSION, "PNG");
}

}  // namespace imnet::app
