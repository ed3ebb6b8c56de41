#include "runs/retry_failed.h"

#include "runs/replacements.h"

namespace imnet {
namespace {

PathCounts failed_paths(const OutputPlan& plan, std::size_t predictions_a_row) {
    PathCounts failed;
    StoredRows rows(plan.path, plan.format, predictions_a_row);
    while (const auto row = rows.next()) {
        if (row->failed) failed.add(row->path);
    }
    return failed;
}

}  // namespace

void retry_failed(const OutputPlan& plan, const ClassNames& class_names, std::size_t predictions_a_row,
                  const NextInput& inputs,
                  const std::function<void(const NextInput&, const OnRows&)>& classify) {
    PathCounts failed = failed_paths(plan, predictions_a_row);
    if (failed.empty()) return;
    Replacements replacements(plan.path);
    const auto formatter = row_formatter(plan.format, class_names, false);
    const NextInput again = [&]() -> std::optional<Input> {
        while (!failed.empty()) {
            auto input = inputs();
            if (!input || failed.take(stored_path(input->path, plan.format))) return input;
        }
        return std::nullopt;
    };
    classify(again, [&](std::span<const Row> rows) {
        for (const Row& row : rows) {
            replacements.add(stored_path(row.path, plan.format), formatter->row(row));
        }
    });
    replacements.apply(plan.format, predictions_a_row);
}

}  // namespace imnet
