#include "rows/row_formatter.h"

#include <cstdlib>

#include <doctest/doctest.h>

using namespace imnet;

namespace {

const ClassNames cats{{"tabby", "n02123045"}, {"cat, \"big\"", ""}};

Row good(std::string path) { return {std::move(path), std::vector<Prediction>{{0, 0.6213F}, {1, 1e-7F}}}; }

Row failed(std::string path) {
    return {std::move(path), input_error(InputErrorKind::decode, "truncated JPEG: 3 of 5 scans")};
}

std::string written(Format format, const std::vector<Row>& rows, const ClassNames& class_names = cats) {
    const auto formatter = row_formatter(format, class_names, false);
    std::string text = formatter->head();
    for (const Row& row : rows) text += formatter->row(row);
    return text + formatter->tail();
}

}  // namespace

TEST_CASE("jsonl is one object on each line, with digits that round-trip a float") {
    CHECK(
        written(Format::jsonl, {good("a.jpg")}) ==
        R"({"path":"a.jpg","top":[{"index":0,"wnid":"n02123045","label":"tabby","prob":0.6213},{"index":1,"label":"cat, \"big\"","prob":1e-07}]})"
        "\n");
    CHECK(written(Format::jsonl, {failed("b.jpg")}) ==
          R"({"path":"b.jpg","error":{"kind":"decode","message":"truncated JPEG: 3 of 5 scans"}})"
          "\n");
    CHECK(written(Format::jsonl, {{"c.jpg", std::vector<Prediction>{}}}) ==
          "{\"path\":\"c.jpg\",\"top\":[]}\n");
}

TEST_CASE("a path that is not UTF-8 is shown with U+FFFD and kept exactly") {
    CHECK(
        written(Format::jsonl, {failed("a\xFF\n")}) ==
        "{\"path\":\"a\xEF\xBF\xBD\\n\",\"path_base64\":\"Yf8K\",\"error\":{\"kind\":\"decode\",\"message\":"
        "\"truncated JPEG: 3 of 5 scans\"}}\n");
}

TEST_CASE("json is one array of the same objects, also when there are none") {
    CHECK(written(Format::json, {}) == "[\n]\n");
    const std::string two = written(Format::json, {failed("a"), failed("b")});
    CHECK(two.starts_with("[\n{\"path\":\"a\""));
    CHECK(two.find("},\n{\"path\":\"b\"") != std::string::npos);
    CHECK(two.ends_with("}\n]\n"));
}

TEST_CASE("csv quotes as RFC 4180 says") {
    CHECK(written(Format::csv, {good("a,b.jpg")}) ==
          "path,rank,index,wnid,label,prob,error,damaged\r\n"
          "\"a,b.jpg\",1,0,n02123045,tabby,0.6213,,\r\n"
          "\"a,b.jpg\",2,1,,\"cat, \"\"big\"\"\",1e-07,,\r\n");
    CHECK(written(Format::csv, {failed("b\n.jpg")}) ==
          "path,rank,index,wnid,label,prob,error,damaged\r\n"
          "\"b\n.jpg\",,,,,,decode: truncated JPEG: 3 of 5 scans,\r\n");
    CHECK(written(Format::csv, {{"c", std::vector<Prediction>{}}}) ==
          "path,rank,index,wnid,label,prob,error,damaged\r\nc,,,,,,,\r\n");
}

TEST_CASE("tsv has one line for each row, whatever the fields hold") {
    CHECK(written(Format::tsv, {failed("a\tb\nc\\d")}) ==
          "path\trank\tindex\twnid\tlabel\tprob\terror\tdamaged\n"
          "a\\tb\\nc\\\\d\t\t\t\t\t\tdecode: truncated JPEG: 3 of 5 scans\t\n");
}

TEST_CASE("every format says that a picture is damaged") {
    Row row = good("a.png");
    row.damage = "damaged PNG: chunk IDAT fails its checksum";
    CHECK(written(Format::jsonl, {row})
              .ends_with(R"(],"damaged":"damaged PNG: chunk IDAT fails its checksum"})"
                         "\n"));
    CHECK(written(Format::csv, {row}).ends_with(",1e-07,,damaged PNG: chunk IDAT fails its checksum\r\n"));
    CHECK(written(Format::tsv, {row}).ends_with("\t1e-07\t\tdamaged PNG: chunk IDAT fails its checksum\n"));
    CHECK(written(Format::text, {row}).ends_with("   warning: damaged PNG: chunk IDAT fails its checksum\n"));
}

TEST_CASE("text has the path and a line for each prediction") {
    CHECK(written(Format::text, {good("a.jpg"), failed("b.jpg"), {"c.jpg", std::vector<Prediction>{}}}) ==
          "a.jpg\n   62.13%  tabby\n    0.00%  cat, \"big\"\n"
          "b.jpg\n   error: decode: truncated JPEG: 3 of 5 scans\n"
          "c.jpg\n   no label is probable enough\n");
}

TEST_CASE("on a terminal there are bars, and no control characters from file names") {
    ::setenv("NO_COLOR", "1", 1);
    const std::string text = text_formatter(cats, true)->row(good("a\x1B[2J.jpg"));
    ::unsetenv("NO_COLOR");
    CHECK(text ==
          "a?[2J.jpg\n"
          "   62.13%  ████████████▍         tabby\n"
          "    0.00%                        cat, \"big\"\n");
}

TEST_CASE("formats are found by their names") {
    for (const Format format : {Format::text, Format::json, Format::jsonl, Format::csv, Format::tsv}) {
        CHECK(format_named(name(format)) == format);
    }
    CHECK_FALSE(format_named("xml"));
}
