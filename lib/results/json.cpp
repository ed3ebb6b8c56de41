// {"path":"a.jpg","top":[{"index":281,"wnid":"n02123045","label":"tabby","prob":0.6213}]}
// {"path":"b.jpg","error":{"kind":"decode","message":"truncated JPEG"}}
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/utf8.h"
#include "results/row_formatter.h"

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

class JsonLines : public RowFormatter {
public:
    explicit JsonLines(const Labels& labels) : labels_(labels) {}

    std::string row(const Row& row) override { return row_object(row, labels_) + '\n'; }

private:
    const Labels& labels_;
};

class JsonArray : public RowFormatter {
public:
    explicit JsonArray(const Labels& labels) : labels_(labels) {}

    std::string head() const override { return "["; }
    std::string row(const Row& row) override {
        return (std::exchange(any_, true) ? ",\n" : "\n") + row_object(row, labels_);
    }
    std::string tail() const override { return "\n]\n"; }

private:
    const Labels& labels_;
    bool any_ = false;
};

}  // namespace

std::unique_ptr<RowFormatter> jsonl_formatter(const Labels& labels) {
    return std::make_unique<JsonLines>(labels);
}

std::unique_ptr<RowFormatter> json_formatter(const Labels& labels) {
    return std::make_unique<JsonArray>(labels);
}

}  // namespace imnet
