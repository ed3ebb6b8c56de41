#include "rows/json_parts.h"

#include <cstddef>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/utf8.h"

namespace imnet {

std::string json_string(std::string_view text) { return Json(replace_invalid_utf8(text)).dump(); }

std::string json_path(std::string_view path) {
    std::string members = fmt::format(R"("path":{})", json_string(path));
    if (!is_utf8(path)) members += fmt::format(R"(,"path_base64":"{}")", base64(path));
    return members;
}

std::string json_error(const InputError& error) {
    return fmt::format(R"("error":{{"kind":"{}","message":{}}})", name(error.kind),
                       json_string(error.message));
}

std::string json_prediction(const Prediction& prediction, const ClassNames& class_names) {
    const ClassName& class_name = class_names.at(static_cast<std::size_t>(prediction.index));
    const std::string wnid =
        class_name.wnid.empty() ? "" : fmt::format(R"("wnid":{},)", json_string(class_name.wnid));
    return fmt::format(R"({{"index":{},{}"label":{},"prob":{}}})", prediction.index, wnid,
                       json_string(class_name.name), prediction.probability);
}

}  // namespace imnet
