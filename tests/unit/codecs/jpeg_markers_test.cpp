#include "codecs/jpeg_markers.h"

#include <doctest/doctest.h>

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

TEST_CASE("the markers say how many scans there are") {
    const JpegMarkers baseline = read_jpeg_markers(golden("photo-420.jpg"));
    CHECK(baseline.scans == 1);
    CHECK(baseline.exif.empty());
    CHECK(read_jpeg_markers(golden("photo-422-progressive.jpg")).scans > 3);
}

TEST_CASE("EXIF segments are joined, without their name; the last XMP packet counts") {
    const Bytes bytes = bytes_of(
        "\xFF\xD8\xFF\xE1\0\x06XMP!\xFF\xFF\xE1\0\x0A"
        "Exif\0\0II\xFF\xE1\0\x0A"
        "Exif\0\0MM\xFF\xE1\0\x20http://ns.adobe.com/xap/1.0/\0a\xFF\xE1\0\x20http://ns.adobe.com/xap/1.0/\0b\xFF\xD9"sv);
    const JpegMarkers markers = read_jpeg_markers(bytes);
    CHECK(as_text(markers.exif) == "IIMM");
    CHECK(markers.xmp == "b");
}

TEST_CASE("what stands after the start of a scan is not read as EXIF, as in Pillow") {
    const JpegMarkers markers =
        read_jpeg_markers(bytes_of("\xFF\xD8\xFF\xDA\0\x02pixels\xFF\xE1\0\x0A"
                                   "Exif\0\0II\xFF\xD9"sv));
    CHECK(markers.exif.empty());
}

TEST_CASE("stuffed bytes and restarts belong to the scan") {
    const Bytes bytes = bytes_of("\xFF\xD8\xFF\xDA\0\x02pixels\xFF\0more\xFF\xD0more\xFF\xD9"sv);
    CHECK(read_jpeg_markers(bytes).scans == 1);
}

TEST_CASE("a truncated segment, or one with an impossible length, ends the walk") {
    CHECK(read_jpeg_markers(bytes_of("\xFF\xD8\xFF\xDA\0\x40too short"sv)).scans == 0);
    CHECK(read_jpeg_markers(bytes_of("\xFF\xD8\xFF\xDA\0\x01\xFF\xD9"sv)).scans == 0);
    CHECK(read_jpeg_markers({}).scans == 0);
    CHECK(read_jpeg_markers(bytes_of("\xFF")).scans == 0);
}
