#include <filesystem>

#include "base/output_file.h"
#include "commands/commands.h"
#include "models/weight_cache.h"
#include "resolve/resolve_weights.h"

namespace imnet::app {

int run_weights_path(const WeightsPathRun& run) {
    const std::filesystem::path path = run.published != nullptr ? checkpoint_of(*run.published) : run.file;
    OutputFile out("-");
    out.write(path.native() + '\n');
    out.commit();
    return 0;
}

}  // namespace imnet::app
