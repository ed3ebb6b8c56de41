#include "runs/describe_run.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/cpu_model.h"
#include "base/sha256.h"
#include "base/utc_time.h"

namespace imnet {
namespace {

std::string_view name(DamagePolicy policy) {
    switch (policy) {
        case DamagePolicy::refuse: return "refuse";
        case DamagePolicy::as_pillow: return "as Pillow";
        case DamagePolicy::keep: return "keep";
    }
    return "";
}

std::string class_names_sha256(const ClassNames& class_names) {
    Sha256 hash;
    for (const ClassName& class_name : class_names)
        hash.add(fmt::format("{}\t{}\n", class_name.wnid, class_name.name));
    return hash.digits();
}

// Everything that changes rows is a line here. What is not in use is left out, so that records of runs
// that do not use a new option stay comparable.
Settings settings_of(const Model& model, const Engine& engine, const RowSettings& rows) {
    const std::string device = engine.device();
    Settings settings{
        {"architecture", model.architecture.name},
        {"weights", weights_sha256(model.provenance)},
        {"preprocessing", describe(model.preprocessing)},
        {"labels", class_names_sha256(model.class_names)},
        {"engine", engine.library()},
        {"device", device.substr(0, device.find(':'))},
        {"precision", std::string(name(engine.precision()))},
        {"format", std::string(name(rows.format))},
        {"top", fmt::format("{}", std::min(rows.top, model.architecture.classes))},
        {"max_pixels", fmt::format("{}", rows.max_pixels)},
        {"damaged", std::string(name(rows.damage))},
    };
    if (!engine.batch_invariant()) settings.emplace_back("batch", fmt::format("{}", rows.batch));
    if (rows.min_probability > 0) settings.emplace_back("min_prob", fmt::format("{}", rows.min_probability));
    if (model.activation == OutputActivation::sigmoid) settings.emplace_back("activation", "sigmoid");
    if (rows.draft) settings.emplace_back("draft", "yes");
    if (model.provenance.prefer_ema) settings.emplace_back("ema", "yes");
    return settings;
}

}  // namespace

RunRecord describe_run(RunRecord record, const Model& model, const Engine& engine, const RowSettings& rows) {
    record.weights = model.provenance.weights;
    record.device = engine.device();
    record.cpu = cpu_model();
    record.start = utc_now();
    record.settings = settings_of(model, engine, rows);
    return record;
}

}  // namespace imnet
