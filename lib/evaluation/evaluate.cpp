#include "evaluation/evaluate.h"

namespace imnet {

void evaluate(const NextInput& next_input, const TargetOf& target_of, const Engine& engine,
              const ClassifyOptions& options, Evaluation& evaluation, const OnRows& on_rows) {
    const NextInput with_target = [&]() -> std::optional<Input> {
        auto input = next_input();
        while (input && !input->error && !target_of(input->path)) input = next_input();
        return input;
    };
    classify(with_target, engine, options, [&](std::span<const Row> rows) {
        for (const Row& row : rows) {
            if (row.top) {
                evaluation.add(row, target_of(row.path).value());
            } else {
                evaluation.add_failed();
            }
        }
        on_rows(rows);
    });
}

}  // namespace imnet
