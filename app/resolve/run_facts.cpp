#include "resolve/run_facts.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/cpu_model.h"
#include "base/sha256.h"
#include "cli/help.h"
#include "inputs/shard.h"

namespace imnet::app {

namespace fs = std::filesystem;

namespace {

std::string class_names_sha256(const ClassNames& class_names) {
    Sha256 hash;
    for (const ClassName& class_name : class_names)
        hash.add(fmt::format("{}\t{}\n", class_name.wnid, class_name.name));
    return hash.digits();
}

std::string describe(const Preprocessing& preprocessing) {
    return fmt::format("resize {}, crop {}, {}, mean {}, std {}", preprocessing.short_side,
                       preprocessing.image_size, name(preprocessing.interpolation),
                       fmt::join(preprocessing.mean, " "), fmt::join(preprocessing.std, " "));
}

// Everything that changes rows is a line here. What is not in use is left out, so that a new option
// does not part new runs from old ones.
Settings settings_of(const Options& options, const Model& model, const Engine& engine,
                     const ClassifyOptions& classify, Format format) {
    const std::string device = engine.device();
    Settings settings{
        {"architecture", model.architecture.name},
        {"weights", weights_sha256(model.provenance)},
        {"preprocessing", describe(model.preprocessing)},
        {"labels", class_names_sha256(model.class_names)},
        {"engine", engine.library()},
        {"device", device.substr(0, device.find(':'))},
        {"precision", std::string(name(engine.precision()))},
        {"format", std::string(name(format))},
        {"top", fmt::format("{}", std::min(classify.top, classify.classes))},
        {"max_pixels", fmt::format("{}", classify.limits.max_pixels)},
    };
    if (engine.digits_depend_on_batch()) settings.emplace_back("batch", fmt::format("{}", classify.batch));
    if (classify.min_probability > 0)
        settings.emplace_back("min_prob", fmt::format("{}", classify.min_probability));
    if (classify.draft) settings.emplace_back("draft", "yes");
    if (options.ema) settings.emplace_back("ema", "yes");
    return settings;
}

}  // namespace

RunRecord describe_run(const Options& options, const Model& model, const Engine& engine,
                       const ClassifyOptions& classify, Format format) {
    RunRecord record;
    record.version = version();
    record.command = options.words;
    record.command.insert(record.command.begin(), "imnet");
    std::error_code ignored;
    record.directory = fs::current_path(ignored).native();
    record.weights = model.provenance.weights;
    record.device = engine.device();
    record.cpu = cpu_model();
    record.threads = classify.threads;
    if (options.shard) {
        const Shard shard = parse_shard(*options.shard);
        record.shard = fmt::format("{}/{}", shard.index, shard.count);
    }
    record.start = utc_now();
    record.settings = settings_of(options, model, engine, classify, format);
    return record;
}

}  // namespace imnet::app
