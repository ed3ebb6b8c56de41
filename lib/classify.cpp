#include "classify.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <utility>
#include <vector>

#include "base/fit_memory.h"
#include "base/interruption.h"
#include "base/ordered_sink.h"
#include "base/run_on_threads.h"
#include "engines/picture_batch.h"
#include "inputs/input_queue.h"
#include "preprocess/pixel_loader.h"
#include "rows/top_k.h"

namespace imnet {
namespace {

using Rows = std::vector<Row>;

// A row for each input, still without its classes.
Rows rows_of(std::span<const Input> inputs) {
    Rows rows;
    rows.reserve(inputs.size());
    for (const Input& input : inputs) rows.push_back({input.path, {}});
    return rows;
}

Expected<std::vector<Prediction>> best_classes(const Expected<std::span<const float>>& logits,
                                               const ClassifyOptions& options) {
    if (!logits) return tl::unexpected(logits.error());
    refuse_non_finite(*logits);
    std::vector<Prediction> best = top_k(*logits, options.top, options.activation);
    std::erase_if(
        best, [&](const Prediction& prediction) { return prediction.probability < options.min_probability; });
    return best;
}

// Bytes that cannot be read again are passed on with the row of their picture.
void keep_bytes(std::span<Input> inputs, std::span<Row> rows) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (rows[i].top && inputs[i].bytes) rows[i].bytes = std::move(*inputs[i].bytes);
    }
}

// What one worker does: find → decode → preprocess → run → top-k → rows, until there are no more inputs.
void classify_runs(InputQueue& queue, const Engine& engine, const ClassifyOptions& options, int threads,
                   OrderedSink<Rows>& sink) {
    PictureBatch batch(
        engine.worker(threads),
        PixelLoader(options.preprocessing, engine.pixel_format(), options.limits, options.draft),
        static_cast<std::size_t>(options.classes));
    FitMemory memory;
    const auto full_batch = static_cast<std::size_t>(options.fixed_batch ? options.batch : 0);
    while (true) {
        // find: the next inputs, in their order
        InputRun run;
        try {
            run = queue.take();
        } catch (const Interrupted&) {
            return;  // the runs of the other workers still become rows
        }
        if (run.inputs.empty() || !sink.admit(run.number)) return;
        Rows rows = rows_of(run.inputs);
        const auto classify_together = [&](std::size_t first, std::size_t count) {
            const std::span inputs = std::span(run.inputs).subspan(first, count);
            const std::span some_rows = std::span(rows).subspan(first, count);
            // decode, preprocess: pictures → [n, image_size, image_size, 3]
            batch.load(inputs);
            // run: → [n, classes]
            batch.run(std::min(full_batch, memory.limit()));
            // top-k: → the most probable classes of each picture
            for (std::size_t i = 0; i < count; ++i) {
                some_rows[i].top = best_classes(batch.outputs_of(i), options);
                some_rows[i].damage = batch.damage_of(i);
            }
            if (options.keep_bytes) keep_bytes(inputs, some_rows);
        };
        try {
            memory.run(
                run.inputs.size(), classify_together, [&] { batch.release_memory(); },
                [&](std::size_t i) { rows[i].top = tl::unexpected(out_of_memory()); });
            // rows: handed on in the order of the inputs
            sink.deliver(run.number, std::move(rows));
        } catch (const Interrupted&) {
            sink.end_before(run.number);
        }
    }
}

}  // namespace

void classify(InputStream inputs, const Engine& engine, const ClassifyOptions& wanted,
              const OnRows& on_rows) {
    InputQueue queue(std::move(inputs), static_cast<std::size_t>(wanted.batch));
    const std::size_t workers = queue.spread_over(static_cast<std::size_t>(wanted.threads));
    ClassifyOptions options = wanted;
    options.fixed_batch = (wanted.fixed_batch || !queue.is_short()) && !engine.batch_invariant();

    // A slow picture holds up the output, while the other workers may go this many runs ahead.
    const std::uint64_t window = 4 * workers;
    OrderedSink<Rows> sink(window, [&](const Rows& rows) {
        const auto failed =
            std::find_if(rows.begin(), rows.end(), [](const Row& row) { return !row.top.has_value(); });
        if (!options.fail_fast || failed == rows.end()) return on_rows(rows);
        on_rows({rows.begin(), failed + 1});
        sink.stop();
    });
    const int threads_each = workers == 1 && !options.fixed_batch ? options.threads : 1;
    run_on_threads(static_cast<int>(workers), [&] {
        try {
            classify_runs(queue, engine, options, threads_each, sink);
        } catch (...) {
            sink.fail(std::current_exception());
        }
    });
    sink.finish();
}

}  // namespace imnet
