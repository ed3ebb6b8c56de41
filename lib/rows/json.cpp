// {"path":"a.jpg","top":[{"index":281,"wnid":"n02123045","label":"tabby","prob":0.6213}]}
// {"path":"a.jpg","top":[…],"damaged":"damaged JPEG: a part of its data is missing"}
// {"path":"b.jpg","error":{"kind":"decode","message":"truncated JPEG"}}
#include <utility>

#include <fmt/format.h>

#include "rows/json_parts.h"
#include "rows/row_formatter.h"

namespace imnet {
namespace {

std::string row_object(const Row& row, const ClassNames& class_names) {
    std::string object = fmt::format("{{{},", json_path(row.path));
    if (!row.top) return object + json_error(row.top.error()) + '}';
    object += R"("top":[)";
    for (const Prediction& prediction : *row.top) {
        if (object.back() != '[') object += ',';
        object += json_prediction(prediction, class_names);
    }
    object += ']';
    if (!row.damage.empty()) object += fmt::format(R"(,"damaged":{})", json_string(row.damage));
    return object + '}';
}

class JsonLines : public RowFormatter {
public:
    explicit JsonLines(const ClassNames& class_names) : class_names_(class_names) {}

    std::string row(const Row& row) override { return row_object(row, class_names_) + '\n'; }

private:
    const ClassNames& class_names_;
};

class JsonArray : public RowFormatter {
public:
    explicit JsonArray(const ClassNames& class_names) : class_names_(class_names) {}

    std::string head() const override { return "["; }
    std::string row(const Row& row) override {
        return (std::exchange(any_, true) ? ",\n" : "\n") + row_object(row, class_names_);
    }
    std::string tail() const override { return "\n]\n"; }

private:
    const ClassNames& class_names_;
    bool any_ = false;
};

}  // namespace

std::unique_ptr<RowFormatter> jsonl_formatter(const ClassNames& class_names) {
    return std::make_unique<JsonLines>(class_names);
}

std::unique_ptr<RowFormatter> json_formatter(const ClassNames& class_names) {
    return std::make_unique<JsonArray>(class_names);
}

}  // namespace imnet
