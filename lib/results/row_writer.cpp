#include "results/row_writer.h"

#include <cstdlib>

namespace imnet {

std::unique_ptr<RowWriter> row_writer(Format format, OutputFile& out, const Labels& labels) {
    switch (format) {
        case Format::text: return text_writer(out, labels, out.is_terminal());
        case Format::json: return json_writer(out, labels);
        case Format::jsonl: return jsonl_writer(out, labels);
        case Format::csv: return csv_writer(out, labels);
        case Format::tsv: return tsv_writer(out, labels);
    }
    std::abort();
}

}  // namespace imnet
