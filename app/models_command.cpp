#include <fmt/format.h>

#include "base/errors.h"
#include "base/output_file.h"
#include "commands.h"
#include "models/published_weights.h"
#include "models/summary.h"
#include "models/weight_cache.h"

namespace imnet::app {

int run_models(const Options& options) {
    if (!options.arguments.empty()) throw UsageError("'imnet models' takes no arguments");
    OutputFile out("-");
    out.write(fmt::format("{:<19}{:<16}{:>12}{:>8}{:>8}{:>11}  {}\n", "model", "weights", "parameters",
                          "acc@1", "acc@5", "size", "cached"));
    for (const PublishedWeights& row : published_weights()) {
        const std::string weights = std::string(row.name) + (row.is_default ? "*" : "");
        out.write(fmt::format("{:<19}{:<16}{:>12}{:>8.2f}{:>8.2f}{:>7.1f} MiB  {}\n", row.model, weights,
                              grouped_digits(row.parameters), row.accuracy_top1, row.accuracy_top5,
                              row.mebibytes, find_cached(row) ? "yes" : "no"));
    }
    out.write(
        "\n* the default of its model. resnet50 with IMAGENET1K_V2 is a better training recipe for the\n"
        "  post-activation net of 2015; the pre-activation net (ResNet50V2) is resnetv2_50.\n");
    out.commit();
    return 0;
}

}  // namespace imnet::app
