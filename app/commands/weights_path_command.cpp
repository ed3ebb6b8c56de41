#include <filesystem>

#include "base/errors.h"
#include "base/output_file.h"
#include "commands/commands.h"
#include "models/bundled_model.h"
#include "models/weight_cache.h"
#include "resolve/resolve.h"

namespace imnet::app {

int run_weights_path(const Options& options) {
    if (options.arguments.size() > 1) throw UsageError("'imnet weights path' takes one name or file");
    const std::string name = options.arguments.empty() ? "" : options.arguments.front();
    std::string path = name;
    std::error_code ignored;
    if (name.empty() && options.model == bundled_model) {
        path = bundled_checkpoint().native();
    } else if (name.empty() || !std::filesystem::exists(name, ignored)) {
        path = cached_checkpoint(resolve_published(options, name)).native();
    }
    OutputFile out("-");
    out.write(path + '\n');
    out.commit();
    return 0;
}

}  // namespace imnet::app
