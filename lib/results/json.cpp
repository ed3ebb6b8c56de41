// {"path":"a.jpg","top":[{"index":281,"wnid":"n02123045","label":"tabby","prob":0.6213}]}
// {"path":"b.jpg","error":{"kind":"decode","message":"truncated JPEG"}}
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/utf8.h"
#include "results/row_writer.h"

namespace imnet {
namespace {

std::string json_string(std::string_view text) {
    return nlohmann::json(replace_invalid_utf8(text)).dump(-1, ' ', false);
}

std::string prediction_object(const Prediction& prediction, const Labels& labels) {
    const Label& label = labels.at(static_cast<std::size_t>(prediction.index));
    const std::string wnid = label.wnid.empty() ? "" : fmt::format(R"("wnid":{},)", json_string(label.wnid));
    return fmt::format(R"({{"index":{},{}"label":{},"prob":{}}})", prediction.index, wnid,
                       json_string(label.name), prediction.probability);
}

std::string row_object(const Row& row, const Labels& labels) {
    std::string object = fmt::format(R"({{"path":{},)", json_string(row.path));
    if (!is_utf8(row.path)) object += fmt::format(R"("path_base64":"{}",)", base64(row.path));
    if (!row.top) {
        return object + fmt::format(R"("error":{{"kind":"{}","message":{}}}}})", name(row.top.error().kind),
                                    json_string(row.top.error().message));
    }
    object += R"("top":[)";
    for (const Prediction& prediction : *row.top) {
        if (object.back() != '[') object += ',';
        object += prediction_object(prediction, labels);
    }
    return object + "]}";
}

class JsonLines : public RowWriter {
public:
    JsonLines(OutputFile& out, const Labels& labels) : out_(out), labels_(labels) {}

    void write(const Row& row) override {
        out_.write(row_object(row, labels_) + '\n');
        out_.flush();
    }

private:
    OutputFile& out_;
    const Labels& labels_;
};

class JsonArray : public RowWriter {
public:
    JsonArray(OutputFile& out, const Labels& labels) : out_(out), labels_(labels) { out_.write("["); }

    void write(const Row& row) override {
        out_.write((any_ ? ",\n" : "\n") + row_object(row, labels_));
        out_.flush();
        any_ = true;
    }

    void finish() override { out_.write("\n]\n"); }

private:
    OutputFile& out_;
    const Labels& labels_;
    bool any_ = false;
};

}  // namespace

std::unique_ptr<RowWriter> jsonl_writer(OutputFile& out, const Labels& labels) {
    return std::make_unique<JsonLines>(out, labels);
}

std::unique_ptr<RowWriter> json_writer(OutputFile& out, const Labels& labels) {
    return std::make_unique<JsonArray>(out, labels);
}

}  // namespace imnet
