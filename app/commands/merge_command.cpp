#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/output_file.h"
#include "cli/help.h"
#include "commands/commands.h"
#include "commands/recorded_run.h"
#include "runs/merge.h"

namespace imnet::app {
namespace {

void refuse_own_input(const Options& options) {
    std::error_code ignored;
    for (const std::string& shard : options.arguments) {
        if (std::filesystem::equivalent(shard, *options.output, ignored))
            throw UsageError(fmt::format("-o {}: this is one of the shards", *options.output));
    }
}

}  // namespace

int run_merge(const Options& options) {
    if (options.arguments.empty()) throw UsageError("'imnet merge' needs the outputs of all shards");
    if (!options.output) throw UsageError("'imnet merge' needs the file to write: -o FILE");
    refuse_own_input(options);
    Shards shards = check_shards(options.arguments);
    shards.merged.version = version();
    shards.merged.command = options.words;
    shards.merged.command.insert(shards.merged.command.begin(), "imnet");
    std::error_code ignored;
    shards.merged.directory = std::filesystem::current_path(ignored).native();

    std::optional<RecordedRun> run;
    if (is_file_to_write(*options.output)) run.emplace(*options.output, false, shards.merged);
    OutputFile out(*options.output);
    merge_rows(shards, out);
    if (!run) {
        out.commit();
        return 0;
    }
    out.sync();
    run->forget_previous();
    out.commit();
    write_run_record(run_record_path(*options.output), shards.merged);
    return 0;
}

}  // namespace imnet::app
