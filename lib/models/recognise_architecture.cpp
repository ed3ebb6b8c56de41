#include "models/recognise_architecture.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/lower_case.h"
#include "models/architecture.h"
#include "models/checkpoint_config.h"
#include "models/parameters.h"

namespace imnet {
namespace {

/// Takes `prefix` and the number behind it from the start of the text; -1 where they are not there.
int take_number(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return -1;
    const std::string_view rest = text.substr(prefix.size());
    int number = -1;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc()) return -1;
    text = rest.substr(static_cast<std::size_t>(end - rest.data()));
    return number;
}

/// What stands before the number of a stage and of a block: `layer1.0.…`.
struct StageNames {
    std::string_view stage;
    std::string_view block;
    int first_block = 0;
};
constexpr std::array stage_names = {StageNames{"layer", "."}, StageNames{"blocks.", "."},
                                    StageNames{"stages.", ".blocks."}, StageNames{"conv", ".block", 1}};

/// The number of blocks in each stage, from the names of the tensors.
std::vector<int> stage_depths(const StateDict& state_dict) {
    std::map<int, int> depths;
    for (const auto& [name, tensor] : state_dict.tensors) {
        for (const StageNames& names : stage_names) {
            std::string_view rest = name;
            const int stage = take_number(rest, names.stage);
            const int block = stage < 0 ? -1 : take_number(rest, names.block);
            if (block >= 0) depths[stage] = std::max(depths[stage], block - names.first_block + 1);
        }
    }
    std::vector<int> in_order;
    for (const auto& [stage, blocks] : depths) in_order.push_back(blocks);
    return in_order;
}

std::string metadata(const StateDict& state_dict, std::string_view wanted) {
    for (const auto& [key, text] : state_dict.metadata)
        if (key == wanted) return text;
    return "";
}

bool is_known(std::string_view name) {
    const auto names = architecture_names();
    return std::ranges::find(names, name) != names.end();
}

/// timm's name of a net without its tag and without the hub's prefix: `timm/resnet50.a1_in1k` → `resnet50`.
std::string bare_name(std::string_view name) {
    name = name.substr(name.rfind('/') + 1);
    return std::string(name.substr(0, name.find('.')));
}

std::string in_config(const StateDict& state_dict) {
    const Json config = read_config(state_dict);
    const Json* architecture = config.find("architecture");
    if (architecture == nullptr || !architecture->is_string()) return "";
    const std::string name = bare_name(architecture->get<std::string>());
    return is_known("timm/" + name) ? "timm/" + name : name;
}

/// transformers has one ResNet: that of torchvision.
bool is_transformers_resnet(const StateDict& state_dict) {
    const Json config = read_config(state_dict);
    const Json* type = config.find("model_type");
    return type != nullptr && *type == "resnet";
}

bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// Whether the word stands in the text, not as a part of a longer one: `seresnet50` and `resnet50d` do not
/// hold `resnet50`.
bool holds_word(std::string_view text, std::string_view word) {
    const std::size_t at = text.find(word);
    if (at == std::string_view::npos) return false;
    const std::size_t end = at + word.size();
    return (at == 0 || !is_letter_or_digit(text[at - 1])) &&
           (end == text.size() || !is_letter_or_digit(text[end]));
}

/// Which of the names stands in the name of the file, or else of its folder; empty for none or several.
std::string_view named_by(const std::filesystem::path& path, const std::vector<std::string_view>& names) {
    for (const std::filesystem::path& part : {path.filename(), path.parent_path().filename()}) {
        const std::string text = lower_case(part.native());
        std::vector<std::string_view> found;
        for (const std::string_view name : names)
            if (holds_word(text, bare_name(name))) found.push_back(name);
        if (found.size() == 1) return found.front();
    }
    return "";
}

/// The network in the arguments of the training, such as `args.model`; empty where they name none that is
/// known: under these keys people keep other things, too.
std::string in_arguments(const StateDict& state_dict) {
    constexpr std::array keys{".arch", ".model", ".model_name", ".architecture", ".backbone", ".encoder"};
    for (const auto& [key, text] : state_dict.metadata) {
        const auto ends = [&, &key = key](const char* end) { return key.ends_with(end); };
        if (std::ranges::none_of(keys, ends)) continue;
        if (std::string name = lower_case(bare_name(text)); is_known(name)) return name;
    }
    return "";
}

/// What this program's metadata, timm's `config.json`, or the `arch` or the arguments of a training
/// checkpoint state; empty where none does.
std::string stated_architecture(const StateDict& state_dict) {
    if (std::string own = metadata(state_dict, "architecture"); !own.empty()) return own;
    if (std::string in_file = in_config(state_dict); !in_file.empty()) return in_file;
    if (const std::string arch = metadata(state_dict, "arch"); !arch.empty())
        return lower_case(bare_name(arch));
    return in_arguments(state_dict);
}

}  // namespace

std::vector<std::string_view> architectures_of_that_depth(const StateDict& state_dict) {
    return architecture_names_of_depth(stage_depths(state_dict));
}

std::vector<std::string_view> fitting_architectures(const StateDict& state_dict) {
    std::vector<std::string_view> fitting;
    std::vector<Architecture> described;
    for (const std::string_view name : architectures_of_that_depth(state_dict)) {
        Architecture candidate = architecture(name);
        const int classes = head_classes(candidate, state_dict);
        if (classes == 0) continue;
        if (classes != candidate.classes) candidate = architecture(name, classes);
        if (!fits(candidate, state_dict)) continue;
        if (std::ranges::any_of(
                described, [&](const Architecture& other) { return compute_the_same(other, candidate); }))
            continue;
        fitting.push_back(name);
        described.push_back(std::move(candidate));
    }
    return fitting;
}

std::string recognise_architecture(const StateDict& state_dict, const std::filesystem::path& path) {
    const std::vector<std::string_view> fitting = fitting_architectures(state_dict);
    const std::string stated = stated_architecture(state_dict);
    if (is_known(stated)) return stated;
    if (!stated.empty() && !fitting.empty()) {
        throw ModelError(
            fmt::format("{}: it states the architecture {}, which imnet does not know: if it "
                        "computes what {} computes, use --model {}",
                        path.native(), stated, fmt::join(fitting, " or "), fitting.front()));
    }
    if (fitting.empty()) return "";
    if (fitting.size() == 1 || is_transformers_resnet(state_dict)) return std::string(fitting.front());
    const std::string_view named = named_by(path, fitting);
    if (!named.empty()) return std::string(named);
    throw ModelError(
        fmt::format("{}: {} have the same tensors and compute different things, and nothing says "
                    "which this is: use --model {} if you know no better",
                    path.native(), fmt::join(fitting, ", "), fitting.front()));
}

}  // namespace imnet
