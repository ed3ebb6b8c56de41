#include "runs/stored_rows.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;

namespace {

const ClassNames class_names{{"tabby", "n02123045"}, {"cat, \"big\"", ""}};

const std::vector<Row> all_rows{
    {"a.jpg", std::vector<Prediction>{{0, 0.6F}, {1, 0.4F}}},
    {"quo\"te,\r\ntab\t\\.jpg", std::vector<Prediction>{{1, 0.6F}, {0, 0.4F}}},
    {"a.jpg", std::vector<Prediction>{{0, 0.6F}, {1, 0.4F}}},
    {"error.jpg", input_error(InputErrorKind::decode, "cut, \"badly\"")},
    {"not-utf8-\xFF", input_error(InputErrorKind::io, "no")},
    {"none.jpg", std::vector<Prediction>{}},
    {"last.jpg", std::vector<Prediction>{{0, 0.6F}, {1, 0.4F}}},
};

// The whole output, and where each of its rows ends.
struct Written {
    std::string text;
    std::vector<std::size_t> ends;
};

Written write(Format format) {
    const auto formatter = row_formatter(format, class_names, false);
    Written written{formatter->head(), {}};
    for (const Row& row : all_rows) {
        written.text += formatter->row(row);
        written.ends.push_back(written.text.size());
    }
    return written;
}

}  // namespace

TEST_CASE("rows are read back as they were written") {
    const test::TemporaryFolder folder;
    for (const Format format : {Format::jsonl, Format::csv, Format::tsv}) {
        CAPTURE(name(format));
        const Written written = write(format);
        StoredRows stored(folder.write("rows", written.text), format, 2);
        for (std::size_t i = 0; i < all_rows.size(); ++i) {
            const auto row = stored.next();
            REQUIRE(row);
            CHECK(row->path == stored_path(all_rows[i].path, format));
            CHECK(row->failed == !all_rows[i].top.has_value());
            CHECK(stored.end() == written.ends[i]);
            CHECK(row->bytes == row_formatter(format, class_names, false)->row(all_rows[i]));
        }
        CHECK_FALSE(stored.next());
        CHECK(stored.end() == written.text.size());
    }
}

TEST_CASE("from a file that is cut at any byte, exactly the whole rows before it are read") {
    const test::TemporaryFolder folder;
    for (const Format format : {Format::jsonl, Format::csv, Format::tsv}) {
        CAPTURE(name(format));
        const Written written = write(format);
        for (std::size_t cut = 0; cut <= written.text.size(); ++cut) {
            CAPTURE(cut);
            // After a power failure a file system may leave NUL bytes.
            for (const std::string& tail : {std::string(), std::string(100, '\0'), std::string("\0\n", 2)}) {
                StoredRows stored(folder.write("rows", written.text.substr(0, cut) + tail), format, 2);
                std::size_t rows = 0;
                while (stored.next()) ++rows;
                std::size_t whole = 0;
                while (whole < written.ends.size() && written.ends[whole] <= cut) ++whole;
                REQUIRE(rows == whole);
                if (rows > 0) REQUIRE(stored.end() == written.ends[rows - 1]);
            }
        }
    }
}

TEST_CASE("an image with too few lines is complete only where another image follows") {
    const test::TemporaryFolder folder;
    for (const Format format : {Format::csv, Format::tsv}) {
        StoredRows stored(folder.write("rows", write(format).text), format, 3);
        std::size_t rows = 0;
        while (stored.next()) ++rows;
        CHECK(rows == all_rows.size() - 1);
        CHECK(stored.end() == write(format).ends[rows - 1]);
    }
}

TEST_CASE("a missing file has no rows, and other files are refused") {
    const test::TemporaryFolder folder;
    CHECK_FALSE(StoredRows(folder / "missing", Format::csv, 2).next());
    CHECK_THROWS_AS(StoredRows(folder.write("other", "name,age\r\n"), Format::csv, 2), UsageError);
    for (const char* line : {"{\"path\":1}\n", "hello\n", "{\"path\":\"a\",\"other\":[]}\n",
                             "{\"path\":\"a\n", "{\"path\":\"a\",\"path_base64\":\"!\",\"top\":[]}\n"}) {
        StoredRows stored(folder.write("other", line), Format::jsonl, 2);
        CHECK_THROWS_AS(stored.next(), UsageError);
    }
    const std::string header(table_header(Format::tsv));
    for (const char* line :
         {"a\t1\n", "a\t2\t\t\t\t\t\n", "a\tx\t\t\t\t\t\n", "a\t1\t\t\t\t\t\nb\t2\t\t\t\t\t\n"}) {
        StoredRows stored(folder.write("other", header + line), Format::tsv, 2);
        CHECK_THROWS_AS(stored.next(), UsageError);
    }
}
