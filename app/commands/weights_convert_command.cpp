#include "base/errors.h"
#include "checkpoints/checkpoint.h"
#include "checkpoints/with_dtype.h"
#include "checkpoints/write_safetensors.h"
#include "commands/commands.h"

namespace imnet::app {

int run_weights_convert(const Options& options) {
    if (options.arguments.size() != 1) throw UsageError("'imnet weights convert' takes one file");
    if (!options.output) throw UsageError("'imnet weights convert' needs -o FILE, the file to write");
    StateDict state_dict =
        read_checkpoint(options.arguments.front(), {.prefer_ema = options.ema, .keep_names = true});
    for (const DType wanted : {DType::float32, DType::float16, DType::bfloat16}) {
        if (options.dtype == name(wanted)) state_dict = with_dtype(state_dict, wanted);
    }
    write_safetensors(*options.output, state_dict);
    return 0;
}

}  // namespace imnet::app
