#include "checkpoints/checkpoint.h"
#include "checkpoints/with_dtype.h"
#include "checkpoints/write_safetensors.h"
#include "commands/commands.h"
#include "resolve/resolve_weights.h"

namespace imnet::app {

int run_weights_convert(const WeightsConvertRun& run) {
    StateDict state_dict = read_checkpoint(run.file, {.prefer_ema = run.prefer_ema, .keep_names = true});
    if (run.dtype) state_dict = with_dtype(state_dict, *run.dtype);
    write_safetensors(run.output, state_dict);
    return 0;
}

}  // namespace imnet::app
