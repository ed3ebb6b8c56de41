#include "codecs/sniff.h"

#include <doctest/doctest.h>

#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

TEST_CASE("the bytes decide the format") {
    CHECK(sniff(golden("photo-420.jpg")) == PictureFormat::jpeg);
    CHECK(sniff(golden("photo-RGB.png")) == PictureFormat::png);
    CHECK(sniff(golden("lossy.webp")) == PictureFormat::webp);
    CHECK(sniff(golden("palette.gif")) == PictureFormat::gif);
    CHECK(sniff(golden("photo-RGB.bmp")) == PictureFormat::bmp);
    CHECK(sniff(golden("photo-P.tga")) == PictureFormat::tga);
    CHECK(sniff(golden("raw-100.pgm")) == PictureFormat::pnm);
    for (const auto start : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv}) {
        CHECK(sniff(bytes_of(start)) == PictureFormat::tiff);
    }
    CHECK(sniff(bytes_of("\0\0\0\x0CjP  \r\n\x87\n"sv)) == PictureFormat::jpeg2000);
    CHECK(sniff(bytes_of("\xFF\x4F\xFF\x51"sv)) == PictureFormat::jpeg2000);
    CHECK(sniff(bytes_of("\0\0\0\x0CJXL \r\n\x87\n"sv)) == PictureFormat::jxl);
    CHECK(sniff(bytes_of("\xFF\x0A"sv)) == PictureFormat::jxl);
    for (const char* brand : {"avif", "avis", "heic", "heix", "hevc", "mif1", "msf1"}) {
        CAPTURE(brand);
        CHECK(sniff(bytes_of(std::string("\0\0\0\x18"
                                         "ftyp"sv) +
                             brand)) == PictureFormat::heif);
    }
    CHECK(sniff({}) == PictureFormat::unknown);
}

TEST_CASE("texts that start like a format are not mistaken for it") {
    for (const char* text : {"BMW, Audi, Opel and others", "P5", "P8 1 1 255", "GIFs are fun", "RIFF raff"}) {
        CAPTURE(text);
        CHECK(sniff(bytes_of(text)) == PictureFormat::unknown);
    }
}

TEST_CASE("a message says what the file is and what to do") {
    const auto described = [](std::string_view start) { return describe_unknown(bytes_of(start)); };
    CHECK(described("") == "empty file");
    CHECK(described("8BPS\0\1"sv).find("Photoshop") != std::string::npos);
    CHECK(described("%PDF-1.7").find("PDF") != std::string::npos);
    CHECK(described("\0\0\1\0\1\0"sv).find("Windows icon") != std::string::npos);
    CHECK(described("\0\0\0\x20"
                    "ftypisom"sv) == "not a picture: this is a video");
    CHECK(described("PK\3\4") == "not a picture: this is a ZIP archive");
    CHECK(described("<?xml version='1.0'?>\n<svg xmlns='x'>").find("SVG") != std::string::npos);
    CHECK(described("\n <!DOCTYPE HTML>").find("HTML page") != std::string::npos);
    CHECK(described("version https://git-lfs.github.com/spec/v1\noid sha256:0") ==
          "this is a Git LFS pointer, not a picture: run 'git lfs pull'");
    CHECK(described("caf\xC3\xA9\n") == "not a picture: this is a text file");
    CHECK(described("\x80\0\1"sv) == "not a picture: no known format starts like this");
}
