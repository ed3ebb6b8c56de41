#include "checkpoints/zip.h"

#include <string>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "build_zip.h"
#include "refusal_of.h"

using namespace imnet;
using namespace imnet::build;
using doctest::Contains;

namespace {

doctest::String refusal(const Archive& archive) {
    return refusal_of([bytes = archive.bytes()] { read_zip_directory(as_bytes(bytes)); });
}

doctest::String refusal(Entry entry) { return refusal(Archive{.entries = {std::move(entry)}}); }

}  // namespace

TEST_CASE("uncompressed entries are views of the file, sorted by name") {
    const std::string file =
        Archive{.entries = {{.name = "b", .bytes = "second"}, {.name = "a", .bytes = ""}}}.bytes();
    const auto directory = read_zip_directory(as_bytes(file));
    REQUIRE(directory.size() == 2);
    CHECK(directory[0].name == "a");
    CHECK(as_text(find_entry(directory, "b")->bytes) == "second");
    CHECK(find_entry(directory, "b")->bytes.data() > reinterpret_cast<const std::byte*>(file.data()));
    CHECK(find_entry(directory, "c") == nullptr);
}

TEST_CASE("sizes may be in a descriptor, a ZIP64 field, or both, as in large files of torch.save") {
    for (const bool descriptor : {false, true}) {
        for (const bool wide : {false, true}) {
            const Entry entry{.name = "data.pkl", .bytes = "pickle", .descriptor = descriptor, .wide = wide};
            const std::string file =
                Archive{.entries = {entry, {.name = "z", .bytes = "z"}}, .wide_end = wide}.bytes();
            CHECK(as_text(read_zip_directory(as_bytes(file))[0].bytes) == "pickle");
        }
    }
}

TEST_CASE("a comment may end the archive") {
    const std::string file =
        Archive{.entries = {{.name = "a", .bytes = "x"}}, .comment = "PK\x05\x06 not the end"}.bytes();
    CHECK(read_zip_directory(as_bytes(file)).size() == 1);
}

TEST_CASE("an archive that is cut at any byte is refused as truncated") {
    const std::string file = Archive{.entries = {{.name = "a", .bytes = "x"}}, .wide_end = true}.bytes();
    for (std::size_t size = 0; size < file.size(); ++size) {
        CHECK(refusal_of([&] { read_zip_directory(as_bytes(file).first(size)); }) ==
              Contains("the file is truncated"));
    }
}

TEST_CASE("compressed, encrypted and foreign entries are refused with their names") {
    CHECK(refusal({.name = "a", .bytes = "x", .method = 8}) ==
          "the zip entry 'a' is compressed, which torch.save never does: refused");
    CHECK(refusal({.name = "a", .bytes = "x", .flags = 1}) == Contains("is encrypted"));
    CHECK(refusal({.name = "a", .bytes = "x", .flags = 1 << 13}) == Contains("flags"));
    CHECK(refusal({.name = "a", .bytes = "x", .disk = 1}) == Contains("another disk"));
    CHECK(refusal(Archive{.entries = {}, .disk = 1}) == Contains("several disks"));
}

TEST_CASE("names that contain .., are absolute, empty or repeated are refused") {
    for (const char* name : {"../a", "a/../../b", "a/..", ".."}) {
        CHECK(refusal({.name = name, .bytes = "x"}) == Contains("leads out of the archive"));
    }
    for (const char* name : {"/etc/passwd", "a\\..\\b"}) {
        CHECK(refusal({.name = name, .bytes = "x"}) == Contains("absolute or foreign"));
    }
    CHECK(refusal({.name = std::string("a\0b", 3), .bytes = "x"}) == Contains("absolute or foreign"));
    CHECK(refusal({.name = "", .bytes = "x"}) == Contains("no name"));
    CHECK(refusal(Archive{.entries = {{.name = "a", .bytes = "x"}, {.name = "a", .bytes = "y"}}}) ==
          Contains("'a' is in the archive twice"));
    CHECK(refusal({.name = "a..b/..c", .bytes = "x"}) == "(not refused)");
}

TEST_CASE("entries that overlap or lie outside are refused") {
    CHECK(refusal(
              Archive{.entries = {{.name = "a", .bytes = "x"}, {.name = "b", .bytes = "x", .offset = 0}}}) ==
          Contains("'b' overlaps another one"));
    // The second entry's header lies inside the first one's data.
    const Entry inner{.name = "b", .bytes = "x"};
    const Entry outer{.name = "a", .bytes = local_record(inner)};
    Entry alias = inner;
    alias.offset = static_cast<std::uint32_t>(local_record(outer).size() - outer.bytes.size());
    CHECK(refusal(Archive{.entries = {outer, alias}}) == Contains("'b' overlaps another one"));
    CHECK(refusal({.name = "a", .bytes = "x", .offset = 0x7FFFFFFF}) == Contains("outside the file"));
    CHECK(refusal({.name = "a", .bytes = "x", .local_size = 1000, .size = 1000}) ==
          Contains("beyond the end"));
    CHECK(refusal(Archive{.entries = {{.name = "a", .bytes = "x"}}, .directory_offset = 0x7FFFFFFF}) ==
          Contains("reaches beyond the file"));
}

TEST_CASE("a local header that differs from the directory is refused") {
    CHECK(refusal({.name = "a", .bytes = "x", .local_name = "b"}) == Contains("two names"));
    CHECK(refusal({.name = "a", .bytes = "xy", .local_size = 1}) == Contains("disagrees with the directory"));
    CHECK(refusal({.name = "a", .bytes = "xy", .local_size = 0}) == Contains("disagrees with the directory"));
    CHECK(refusal({.name = "a", .bytes = "xy", .stored_size = 1}) == Contains("two sizes"));
    CHECK(refusal({.name = "a", .bytes = "xy", .descriptor = true, .local_size = 2, .size = 1}) ==
          Contains("disagrees with the directory"));
    CHECK(refusal({.name = "a", .bytes = "xy", .descriptor = true, .size = 1}) ==
          Contains("descriptor that disagrees"));
}

TEST_CASE("a wrong checksum is refused; a missing one is accepted") {
    const auto entry_with = [](std::uint32_t crc) {
        const std::string bytes = "weights";
        return refusal_of([&] { check_crc({.name = "data/0", .bytes = as_bytes(bytes), .crc = crc}); });
    };
    CHECK(entry_with(crc32(as_bytes("weights"))) == "(not refused)");
    CHECK(entry_with(0) == "(not refused)");
    CHECK(entry_with(1) == Contains("'data/0' are not those that were saved"));
}
