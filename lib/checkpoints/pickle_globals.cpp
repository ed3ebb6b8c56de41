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

constexpr std::array allowed{
    Named{"collections", "OrderedDict", GlobalKind::ordered_dict},
    Named{"collections", "Counter", GlobalKind::ordered_dict},
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

/// Modules that no harmless checkpoint refers to.
bool is_dangerous(std::string_view module) {
    constexpr std::array modules{"os",  "posix",  "nt",     "sys",        "subprocess", "builtins",
                                 "pty", "socket", "shutil", "webbrowser", "runpy",      "importlib"};
    return std::find(modules.begin(), modules.end(), module.substr(0, module.find('.'))) != modules.end();
}

/// Whether a class of that name is a net: by its module, or because it is the outermost object.
bool means_a_model(std::string_view module, std::string_view name, bool at_root) {
    constexpr std::array homes{"torch.nn.modules.",    "torchvision.models.", "timm.models.",
                               "transformers.models.", "ultralytics.",        "segmentation_models_pytorch."};
    if (std::any_of(homes.begin(), homes.end(), [&](auto home) { return module.starts_with(home); }))
        return true;
    const auto last = name.substr(name.rfind('.') + 1);
    return at_root && !last.empty() && last.front() >= 'A' && last.front() <= 'Z';
}

[[noreturn]] void refuse_global(std::string_view module, std::string_view name, bool at_root) {
    const std::string full = in_quotes(fmt::format("{}.{}", module.substr(0, 100), name.substr(0, 100)));
    const bool dangerous = is_dangerous(module);
    if (!dangerous && means_a_model(module, name, at_root)) {
        refuse(
            fmt::format("this is a whole model, not a state dict (the pickle asks for the class {}): save "
                        "model.state_dict() instead; nothing was run",
                        full));
    }
    refuse(
        fmt::format("the pickle asks for {}, which no state dict needs: refused, nothing was run{}", full,
                    dangerous ? "" : "; if you trust the file, save the state dict in it alone, in Python"));
}

}  // namespace

Global allowed_global(std::string_view module, std::string_view name, bool at_root) {
    // The first is the name in Python 2, which protocol 2 keeps; the second was moved by PyTorch.
    if (module == "__builtin__") module = "builtins";
    if (module == "torch.tensor") module = "torch._tensor";

    for (const Named& entry : allowed) {
        if (entry.module == module && entry.name == name) return {entry.name, entry.kind};
    }
    if (module == "torch") {
        if (const ElementType* type = element_type(name)) return {name, GlobalKind::dtype, type};
    }
    if (module == "torch" || module == "torch.cuda") {
        const ElementType* type = element_type_of_storage(name);
        const bool known =
            type != nullptr && name != "UntypedStorage" && !(module != "torch" && type->quantised);
        if (known) return {name, GlobalKind::storage_class, type};
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
    refuse_global(module, name, at_root);
}

}  // namespace imnet::pickle
