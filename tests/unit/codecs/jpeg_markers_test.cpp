#include "codecs/jpeg_markers.h"

#include <doctest/doctest.h>

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

TEST_CASE("the markers say how many scans there are and whether the file ends") {
    const JpegMarkers baseline = read_jpeg_markers(golden("photo-420.jpg"));
    CHECK(baseline.scans == 1);
    CHECK(baseline.ended);
    CHECK(baseline.exif.empty());
    CHECK(read_jpeg_markers(golden("photo-422-progressive.jpg")).scans > 3);
    Bytes cut = golden("photo-420.jpg");
    cut.resize(cut.size() - 2);
    CHECK_FALSE(read_jpeg_markers(cut).ended);
}

TEST_CASE("the first EXIF segment is found, without its name") {
    const Bytes bytes = bytes_of(
        "\xFF\xD8\xFF\xE1\0\x06XMP!\xFF\xFF\xE1\0\x0A"
        "Exif\0\0II\xFF\xE1\0\x0A"
        "Exif\0\0MM\xFF\xD9"sv);
    const JpegMarkers markers = read_jpeg_markers(bytes);
    CHECK(as_text(markers.exif) == "II");
    CHECK(markers.ended);
}

TEST_CASE("stuffed bytes and restarts belong to the scan") {
    const Bytes bytes = bytes_of("\xFF\xD8\xFF\xDA\0\x02pixels\xFF\0more\xFF\xD0more\xFF\xD9"sv);
    CHECK(read_jpeg_markers(bytes).scans == 1);
    CHECK(read_jpeg_markers(bytes).ended);
}

TEST_CASE("a segment that is cut, or shorter than its own length, ends the walk") {
    CHECK(read_jpeg_markers(bytes_of("\xFF\xD8\xFF\xDA\0\x40too short"sv)).scans == 0);
    CHECK(read_jpeg_markers(bytes_of("\xFF\xD8\xFF\xDA\0\x01\xFF\xD9"sv)).scans == 0);
    CHECK(read_jpeg_markers({}).scans == 0);
    CHECK(read_jpeg_markers(bytes_of("\xFF")).scans == 0);
}

TEST_CASE("Huffman tables must fit their segment and have at most 256 codes") {
    const auto fit = [](const std::string& tables) {
        return read_jpeg_markers(bytes_of("\xFF\xD8\xFF\xC4"s + big(tables.size() + 2, 2) + tables))
            .huffman_tables_fit;
    };
    const auto table = [](int codes_of_each_length) {
        return "\0"s + std::string(16, static_cast<char>(codes_of_each_length)) +
               std::string(16 * codes_of_each_length, 'v');
    };
    CHECK(fit(table(1)));
    CHECK(fit(table(1) + table(16)));
    CHECK_FALSE(fit(table(17)));
    CHECK_FALSE(fit(table(2).substr(0, 30)));
    CHECK_FALSE(fit(table(1) + "\0"s));
    CHECK(read_jpeg_markers(golden("photo-420.jpg")).huffman_tables_fit);
}
