#include "checkpoints/pickle_globals.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "checkpoints/refusals.h"

namespace imnet::pickle {
namespace {

struct Named {
    std::string_view module;
    std::string_view name;
    GlobalKind kind;
};

constexpr std::array known{
    Named{"collections", "OrderedDict", GlobalKind::ordered_dict},
    Named{"collections", "Counter", GlobalKind::ordered_dict},
    Named{"collections", "defaultdict", GlobalKind::default_dict},
    Named{"torch", "Size", GlobalKind::size},
    Named{"builtins", "set", GlobalKind::set},
    Named{"torch.nn.parameter", "Parameter", GlobalKind::parameter},
    Named{"torch", "Tensor", GlobalKind::tensor_class},
    Named{"torch._utils", "_rebuild_tensor", GlobalKind::rebuild_tensor},
    Named{"torch._utils", "_rebuild_tensor_v2", GlobalKind::rebuild_tensor_v2},
    Named{"torch._utils", "_rebuild_tensor_v3", GlobalKind::rebuild_tensor_v3},
    Named{"torch._utils", "_rebuild_parameter", GlobalKind::rebuild_parameter},
    Named{"torch._utils", "_rebuild_parameter_with_state", GlobalKind::rebuild_parameter_with_state},
    Named{"torch._tensor", "_rebuild_from_type_v2", GlobalKind::rebuild_from_type_v2},
    Named{"torch._utils", "_rebuild_qtensor", GlobalKind::rebuild_quantised},
    Named{"torch._utils", "_rebuild_sparse_tensor", GlobalKind::rebuild_other},
    Named{"torch._utils", "_rebuild_meta_tensor_no_storage", GlobalKind::rebuild_other},
    Named{"torch._utils", "_rebuild_nested_tensor", GlobalKind::rebuild_other},
    Named{"torch._utils", "_rebuild_wrapper_subclass", GlobalKind::rebuild_other},
    Named{"torch._utils", "_rebuild_device_tensor_from_numpy", GlobalKind::rebuild_other},
    Named{"torch._utils", "_rebuild_device_tensor_from_cpu_tensor", GlobalKind::rebuild_other},
    Named{"torch", "device", GlobalKind::opaque},
    Named{"torch.serialization", "_get_layout", GlobalKind::opaque},
    Named{"torch.storage", "TypedStorage", GlobalKind::opaque},
    Named{"_codecs", "encode", GlobalKind::opaque},
    Named{"builtins", "bytearray", GlobalKind::opaque},
    Named{"builtins", "complex", GlobalKind::opaque},
    Named{"torch", "per_tensor_affine", GlobalKind::opaque},
    Named{"torch", "per_tensor_symmetric", GlobalKind::opaque},
    Named{"torch", "per_channel_affine", GlobalKind::opaque},
    Named{"torch", "per_channel_symmetric", GlobalKind::opaque},
    Named{"torch", "per_channel_affine_float_qparams", GlobalKind::opaque},
};

/// The element type of classes such as `FloatTensor`; null for other names.
const ElementType* element_type_of_tensor(std::string_view class_name) {
    constexpr std::string_view suffix = "Tensor";
    if (!class_name.ends_with(suffix)) return nullptr;
    class_name.remove_suffix(suffix.size());
    const ElementType* type = element_type_of_storage(std::string(class_name) + "Storage");
    return type != nullptr && type->dtype && class_name != "Untyped" ? type : nullptr;
}

/// Modules whose functions run commands or code, or reach files and the network.
constexpr std::array dangerous_modules{
    "os",      "posix",      "nt",      "sys",     "subprocess", "pty",       "socket",
    "shutil",  "runpy",      "code",    "codeop",  "ctypes",     "marshal",   "pickle",
    "_pickle", "webbrowser", "timeit",  "pdb",     "bdb",        "pydoc",     "commands",
    "popen2",  "ftplib",     "httplib", "profile", "cProfile",   "telnetlib", "smtplib"};

/// Packages of which the same is true of every module inside.
constexpr std::array dangerous_packages{
    "importlib", "asyncio", "urllib", "http",      "requests",      "aiohttp",
    "pip",       "os",      "ctypes", "torch.hub", "torch.package", "torch.utils.cpp_extension"};

constexpr std::array dangerous_builtins{
    "eval",  "exec",       "execfile",   "compile", "open",   "file", "setattr", "delattr", "apply",
    "input", "__import__", "breakpoint", "globals", "locals", "vars", "exit",    "quit",    "reload"};

constexpr std::array dangerous_in_torch{"torch.load", "torch.compile", "torch.jit.load",
                                        "torch.storage._load_from_bytes"};

template <typename Names>
bool holds(const Names& names, std::string_view wanted) {
    return std::find(names.begin(), names.end(), wanted) != names.end();
}

/// Whether the name goes through a module that another one has imported: `torch`, `os.system`.
bool passes_through_module(std::string_view name) {
    constexpr std::array modules{"os", "posix", "nt", "sys", "subprocess", "builtins", "importlib", "shutil"};
    for (;;) {
        const std::size_t dot = name.find('.');
        if (holds(modules, name.substr(0, dot))) return true;
        if (dot == std::string_view::npos) return false;
        name.remove_prefix(dot + 1);
    }
}

bool is_dangerous(std::string_view module, std::string_view name) {
    if (passes_through_module(name)) return true;
    if (module == "builtins") return holds(dangerous_builtins, name);
    if (holds(dangerous_modules, module)) return true;
    const auto is_inside = [&](std::string_view package) {
        return module.starts_with(package) &&
               (module.size() == package.size() || module[package.size()] == '.');
    };
    if (std::any_of(dangerous_packages.begin(), dangerous_packages.end(), is_inside)) return true;
    return module.starts_with("torch") &&
           holds(dangerous_in_torch, fmt::format("{}.{}", module.substr(0, 100), name.substr(0, 100)));
}

std::string in_full(std::string_view module, std::string_view name) {
    return in_quotes(fmt::format("{}.{}", module.substr(0, 100), name.substr(0, 100)));
}

[[noreturn]] void refuse_dangerous(std::string_view module, std::string_view name) {
    refuse(fmt::format("the pickle asks for {}, which no state dict needs: refused, nothing was run",
                       in_full(module, name)));
}

}  // namespace

bool is_class_of_net(const Global& global, bool at_root) {
    constexpr std::array homes{"torch.nn.modules.",    "torchvision.models.", "timm.models.",
                               "transformers.models.", "ultralytics.",        "segmentation_models_pytorch."};
    const auto is_home = [&](std::string_view home) { return global.module.starts_with(home); };
    if (std::any_of(homes.begin(), homes.end(), is_home)) return true;
    const auto last = global.name.substr(global.name.rfind('.') + 1);
    return at_root && !last.empty() && last.front() >= 'A' && last.front() <= 'Z';
}

void refuse_object(const Global& global, bool at_root) {
    const std::string full = in_full(global.module, global.name);
    if (is_class_of_net(global, at_root)) {
        refuse(
            fmt::format("this is a whole model, not a state dict (the pickle asks for the class {}): save "
                        "model.state_dict() instead; nothing was run",
                        full));
    }
    refuse(fmt::format(
        "the pickle asks for {}, which no state dict needs: refused, nothing was run; if you trust "
        "the file, save the state dict in it alone, in Python",
        full));
}

Global find_global(std::string_view module, std::string_view name) {
    // The first is the name in Python 2, which protocol 2 keeps; the second was moved by PyTorch.
    if (module == "__builtin__") module = "builtins";
    if (module == "torch.tensor") module = "torch._tensor";

    if (is_dangerous(module, name)) refuse_dangerous(module, name);
    if (module == "builtins" && name == "getattr") return {name, GlobalKind::attribute};
    for (const Named& entry : known) {
        if (entry.module == module && entry.name == name) return {entry.name, entry.kind};
    }
    if (module == "torch") {
        if (const ElementType* type = element_type(name)) return {name, GlobalKind::dtype, type};
    }
    if (module == "torch" || module == "torch.cuda") {
        const ElementType* type = element_type_of_storage(name);
        const bool is_storage =
            type != nullptr && name != "UntypedStorage" && !(module != "torch" && type->quantised);
        if (is_storage) return {name, GlobalKind::storage_class, type};
        if (const ElementType* of_tensor = element_type_of_tensor(name)) {
            return {name, GlobalKind::tensor_class, of_tensor};
        }
    }
    if (module == "torch.storage" && name == "UntypedStorage") {
        return {name, GlobalKind::storage_class, element_type_of_storage(name)};
    }
    if ((module == "torch.sparse" || module == "torch.cuda.sparse") &&
        element_type_of_tensor(name) != nullptr) {
        return {name, GlobalKind::rebuild_other};
    }
    return {name, GlobalKind::inert, nullptr, module};
}

}  // namespace imnet::pickle
