#include "base/errors.h"
#include "checkpoints/checkpoint.h"
#include "checkpoints/write_safetensors.h"
#include "commands.h"

namespace imnet::app {

int run_weights_convert(const Options& options) {
    if (options.arguments.size() != 1) throw UsageError("'imnet weights convert' takes one file");
    if (!options.output) throw UsageError("'imnet weights convert' needs -o FILE, the file to write");
    write_safetensors(*options.output, read_checkpoint(options.arguments.front(),
                                                       {.prefer_ema = options.ema, .keep_names = true}));
    return 0;
}

}  // namespace imnet::app
