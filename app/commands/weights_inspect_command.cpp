#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "base/output_file.h"
#include "base/utf8.h"
#include "checkpoints/checkpoint.h"
#include "checkpoints/key_layouts.h"
#include "commands/commands.h"
#include "models/loading/choose_network.h"
#include "models/parameters.h"
#include "models/recognise_architecture.h"
#include "models/summary.h"
#include "resolve/resolve_weights.h"

namespace imnet::app {
namespace {

std::int64_t byte_count(const TensorView& tensor) {
    return tensor.element_count() * static_cast<std::int64_t>(size_of(tensor.dtype));
}

struct Findings {
    std::vector<std::string_view> architectures;  ///< that fit
    int classes = 0;                              ///< 0: there is no classifier
    std::int64_t bytes = 0;
};

// Architectures are recognised by imnet's own names of the tensors, so a copy with these names is examined.
// The list shows the names in the file.
Findings examine(StateDict native, bool prefer_ema) {
    Findings findings;
    for (const auto& [name, tensor] : native.tensors) findings.bytes += byte_count(tensor);
    use_native_names(native);
    findings.architectures = fitting_architectures(native);
    bool has_head = true;
    if (findings.architectures.empty()) {
        const std::vector<FoundNetwork> found = narrow_down(find_networks(native, ""), prefer_ema);
        if (found.empty()) return findings;
        native = found.front().tensors;
        has_head = found.front().head.weight != nullptr;
        findings.architectures = fitting_architectures(native);
    }
    if (has_head && !findings.architectures.empty())
        findings.classes = head_classes(architecture(findings.architectures.front()), native);
    return findings;
}

std::string describe(const Findings& findings) {
    if (findings.architectures.empty()) return "none that imnet knows";
    const std::string names = fmt::format("{}", fmt::join(findings.architectures, " or "));
    return findings.classes == 0 ? names + ", no classifier"
                                 : fmt::format("{}, {} classes", names, findings.classes);
}

std::string as_text(const std::string& path, const StateDict& state_dict, const Findings& findings) {
    std::string text = fmt::format("{}: {}\n", sanitise_for_terminal(path), state_dict.container);
    text += fmt::format("architecture: {}\n", describe(findings));
    text += fmt::format("tensors: {}, {} bytes\n", state_dict.tensors.size(), grouped_digits(findings.bytes));
    std::size_t widest = 0;
    for (const auto& [name, tensor] : state_dict.tensors) widest = std::max(widest, name.size());
    for (const auto& [name, tensor] : state_dict.tensors) {
        text += fmt::format("{:{}}  {:<9}{:>12}  [{}]\n", sanitise_for_terminal(name), widest,
                            imnet::name(tensor.dtype), byte_count(tensor), fmt::join(tensor.shape, ", "));
    }
    return text;
}

std::string as_json(const std::string& path, const StateDict& state_dict, const Findings& findings) {
    Json report{{"path", path}, {"container", state_dict.container}};
    if (!findings.architectures.empty()) {
        report["architecture"] = findings.architectures.front();
        report["architectures"] = findings.architectures;
        report["classes"] = findings.classes;
    }
    Json tensors = Json::array();
    for (const auto& [name, tensor] : state_dict.tensors) {
        tensors.push_back(Json{{"name", name},
                               {"dtype", imnet::name(tensor.dtype)},
                               {"shape", tensor.shape},
                               {"bytes", byte_count(tensor)}});
    }
    report["tensors"] = std::move(tensors);
    return report.dump(1) + '\n';
}

}  // namespace

int run_weights_inspect(const WeightsInspectRun& run) {
    const StateDict state_dict =
        read_checkpoint(run.file, {.prefer_ema = run.prefer_ema, .keep_names = true});
    const Findings findings = examine(state_dict, run.prefer_ema);
    OutputFile out("-");
    out.write(run.json ? as_json(run.file, state_dict, findings) : as_text(run.file, state_dict, findings));
    out.commit();
    return 0;
}

}  // namespace imnet::app
