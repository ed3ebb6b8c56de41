#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/output_file.h"
#include "checkpoints/checkpoint.h"
#include "commands/commands.h"
#include "models/bundled_model.h"
#include "models/parameters.h"
#include "models/published_weights.h"
#include "models/recognise_architecture.h"
#include "models/summary.h"
#include "models/weight_cache.h"

namespace imnet::app {
namespace {

// The model that comes with the program, if it is installed. It has fewer classes than the others, so its
// accuracy cannot be compared with theirs and is not shown.
std::string bundled_row() try {
    const std::filesystem::path path = bundled_checkpoint();
    const StateDict state_dict = read_checkpoint(path);
    const std::string_view fitting = fitting_architectures(state_dict).front();
    const Architecture net = architecture(fitting, head_classes(architecture(fitting), state_dict));
    return fmt::format("{:<23}{:<16}{:>12}{:>8}{:>8}{:>7.1f} MiB  {}\n", bundled_model, net.name,
                       grouped_digits(net.parameter_count()), "-", "-",
                       static_cast<double>(std::filesystem::file_size(path)) / (1 << 20), "yes");
} catch (const ModelError&) {
    return "";
}

}  // namespace

int run_models() {
    OutputFile out("-");
    out.write(fmt::format("{:<23}{:<16}{:>12}{:>8}{:>8}{:>11}  {}\n", "model", "weights", "parameters",
                          "acc@1", "acc@5", "size", "cached"));
    for (const PublishedWeights& row : published_weights()) {
        const std::string weights = std::string(row.name) + (row.is_default ? "*" : "");
        out.write(fmt::format("{:<23}{:<16}{:>12}{:>8.2f}{:>8.2f}{:>7.1f} MiB  {}\n", row.model, weights,
                              grouped_digits(row.parameters), row.accuracy_top1, row.accuracy_top5,
                              row.mebibytes, find_cached(row) ? "yes" : "no"));
    }
    const std::string bundled = bundled_row();
    out.write(bundled);
    out.write(
        "\n* the default of its model. resnet50 with IMAGENET1K_V2 is a better training recipe for the\n"
        "  post-activation net of 2015; the pre-activation net (ResNet50V2) is resnetv2_50.\n");
    if (!bundled.empty()) {
        out.write("  starter comes with imnet: a small net for some of the classes, with modest accuracy.\n");
    }
    out.commit();
    return 0;
}

}  // namespace imnet::app
