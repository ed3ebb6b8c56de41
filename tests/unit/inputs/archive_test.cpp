#include "inputs/archive.h"

#include <doctest/doctest.h>

#include "build_tar.h"
#include "temporary_folder.h"

using namespace imnet;
using namespace imnet::test;

namespace {

using Lines = std::vector<std::string>;

// "name: bytes" of every input, below the folder; "name! kind" of one with an error.
Lines read(const TemporaryFolder& folder, const std::string& name, const ArchiveOptions& options = {}) {
    const std::string path = (folder / name).native();
    const auto next = open_archive({path, true}, options);
    if (!next) return {name + "! " + std::string(imnet::name(next.error().kind))};
    Lines lines;
    while (auto input = (*next)()) {
        CHECK(input->bytes.has_value() != input->error.has_value());
        CHECK_FALSE(input->named);
        std::string line = input->path.substr(folder.path().native().size() + 1);
        line += input->error ? "! " + std::string(imnet::name(input->error->kind))
                             : ": " + std::string(reinterpret_cast<const char*>(input->bytes->data()),
                                                  input->bytes->size());
        lines.push_back(line);
    }
    CHECK_FALSE((*next)().has_value());  // the end stays the end
    return lines;
}

bool build_reads_archives() {
    const TemporaryFolder folder;
    folder.write("a.tar", tar_end());
    return open_archive({(folder / "a.tar").native(), true}, {}).has_value();
}

}  // namespace

TEST_CASE("a build without libarchive says so, one with it reads") {
    const TemporaryFolder folder;
    folder.write("a.tar", tar_member("x.jpg", "abc") + tar_end());
    const auto opened = open_archive({(folder / "a.tar").native(), true}, {});
    if (opened) {
        CHECK(read(folder, "a.tar") == Lines{"a.tar/x.jpg: abc"});
    } else {
        CHECK(opened.error().kind == InputErrorKind::format);
        CHECK(opened.error().message.find("-D IMNET_ARCHIVE=ON") != std::string::npos);
    }
}

TEST_CASE("members come in the order of the archive, pictures only") {
    if (!build_reads_archives()) return;
    const TemporaryFolder folder;
    folder.write("a.tar", tar_member("b.jpg", "B") + tar_member("b.json", "{}") + tar_member("a.png", "") +
                              tar_member("deep/", "", '5') +
                              tar_member("deep/c.gif", std::string(2000, 'c')) + tar_end());
    CHECK(read(folder, "a.tar") ==
          Lines{"a.tar/b.jpg: B", "a.tar/a.png: ", "a.tar/deep/c.gif: " + std::string(2000, 'c')});
    CHECK(read(folder, "a.tar", {.all_names = true}).size() == 4);
}

TEST_CASE("only wanted members are read, and only their errors are reported") {
    if (!build_reads_archives()) return;
    const TemporaryFolder folder;
    folder.write("a.tar", tar_member("x.jpg", "x") + tar_member("y.jpg", "y") + tar_member("l.jpg", "", '2') +
                              tar_header("cut.jpg", 5));
    ArchiveOptions options;
    options.wanted = [](std::string_view path) { return path.ends_with("y.jpg"); };
    CHECK(read(folder, "a.tar", options) == Lines{"a.tar/y.jpg: y"});
    options.wanted = [](std::string_view path) { return path.ends_with(".tar"); };
    CHECK(read(folder, "a.tar", options) == Lines{"a.tar! decode"});
}

TEST_CASE("names are kept as they are stored; links, devices and archives are errors") {
    if (!build_reads_archives()) return;
    const TemporaryFolder folder;
    folder.write("a.tar", tar_member("../../up.jpg", "1") + tar_member("/root.jpg", "2") +
                              tar_member("\xFF.jpg", "3") + tar_member("hard.jpg", "", '1') +
                              tar_member("soft.jpg", "", '2') + tar_member("device.jpg", "", '3') +
                              tar_member("in.tar", "4") + tar_end());
    CHECK(read(folder, "a.tar") == Lines{"a.tar/../../up.jpg: 1", "a.tar//root.jpg: 2", "a.tar/\xFF.jpg: 3",
                                         "a.tar/hard.jpg! io", "a.tar/soft.jpg! io", "a.tar/device.jpg! io"});
    CHECK(read(folder, "a.tar", {.all_names = true}).back() == "a.tar/in.tar! format");
}

TEST_CASE("an archive that is truncated anywhere gives its complete members and at most one error") {
    if (!build_reads_archives()) return;
    const TemporaryFolder folder;
    const std::string whole = tar_member("a.jpg", std::string(700, 'a')) + tar_member("b.txt", "b") +
                              tar_member("c.jpg", std::string(600, 'c')) + tar_end();
    const Lines all{"a.tar/a.jpg: " + std::string(700, 'a'), "a.tar/c.jpg: " + std::string(600, 'c')};
    for (std::size_t size = 0; size < whole.size(); size += 50) {
        CAPTURE(size);
        folder.write("a.tar", whole.substr(0, size));
        Lines lines = read(folder, "a.tar");
        if (!lines.empty() && lines.back() == (size < 512 ? "a.tar! format" : "a.tar! decode")) {
            lines.pop_back();
        } else {
            CHECK(size >= 512 + 1024 + 1024 + 512 + 600);  // nothing is missing but the end mark
            CHECK(lines == all);
        }
        CHECK(std::equal(lines.begin(), lines.end(), all.begin()));
    }
}

TEST_CASE("a large member is an error, and the next one is read") {
    if (!build_reads_archives()) return;
    const TemporaryFolder folder;
    folder.write("a.tar", tar_member("a.jpg", std::string(101, 'a')) +
                              tar_member("b.jpg", std::string(100, 'b')) + tar_end());
    CHECK(read(folder, "a.tar", {.limits = {.max_member_bytes = 100}}) ==
          Lines{"a.tar/a.jpg! limits", "a.tar/b.jpg: " + std::string(100, 'b')});
}

TEST_CASE("an endless header is an error") {
    if (!build_reads_archives()) return;
    const TemporaryFolder folder;
    // An old GNU map of holes goes on as long as each block says so; it is held in memory.
    std::string block(512, '\0');
    for (int i = 0; i < 21; ++i)
        block.replace(i * 24, 24,
                      "00000000001\0"
                      "00000000001\0",
                      24);
    block[504] = 1;
    std::string header = tar_header("a.jpg", 512, 'S');
    header.replace(257, 8, "ustar  \0", 8);
    header.replace(386, 24, block.substr(0, 24));
    header[482] = 1;
    header.replace(483, 11, "00000001000");
    unsigned sum = 0;
    header.replace(148, 8, "        ");
    for (const char c : header) sum += static_cast<unsigned char>(c);
    std::snprintf(header.data() + 148, 7, "%06o", sum);
    std::string blocks;
    for (int i = 0; i < 2000; ++i) blocks += block;
    folder.write("a.tar", tar_member("x.jpg", "x") + header + blocks);
    CHECK(read(folder, "a.tar", {.limits = {.max_header_bytes = 500'000}}) ==
          Lines{"a.tar/x.jpg: x", "a.tar! limits"});
}

TEST_CASE("the inflated size of a member is limited by the bytes read of the archive") {
    if (!build_reads_archives()) return;
    const TemporaryFolder folder;
    // A hole of 1 MB with one block of data behind it, as old GNU tar stores it.
    std::string header = tar_header("a.jpg", 512, 'S');
    header.replace(257, 8, "ustar  \0", 8);
    header.replace(386, 24,
                   "00003641000\0"
                   "00000001000\0",
                   24);
    header.replace(483, 11, "00003642000");
    unsigned sum = 0;
    header.replace(148, 8, "        ");
    for (const char c : header) sum += static_cast<unsigned char>(c);
    std::snprintf(header.data() + 148, 7, "%06o", sum);
    folder.write("a.tar", header + std::string(512, 'x') + tar_member("b.jpg", "b") + tar_end());
    CHECK(read(folder, "a.tar").size() == 2);
    CHECK(read(folder, "a.tar", {.limits = {.free_bytes = 100'000, .max_ratio = 10}}) ==
          Lines{"a.tar! limits"});
    ArchiveOptions skipping{.limits = {.free_bytes = 100'000, .max_ratio = 10}};
    skipping.wanted = [](std::string_view path) { return path.ends_with("b.jpg"); };
    CHECK(read(folder, "a.tar", skipping) == Lines{"a.tar/b.jpg: b"});
}

TEST_CASE("files that are no archive or cannot be opened are errors") {
    if (!build_reads_archives()) return;
    const TemporaryFolder folder;
    folder.write("a.tar", "no");
    folder.write("a.zip", std::string(5000, 'n'));
    folder.write("empty.tar", "");
    CHECK(read(folder, "a.tar") == Lines{"a.tar! format"});
    CHECK(read(folder, "a.zip") == Lines{"a.zip! format"});
    CHECK(read(folder, "empty.tar") == Lines{"empty.tar! format"});
    CHECK(read(folder, "gone.tar") == Lines{"gone.tar! not_found"});
}
