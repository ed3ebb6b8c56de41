#include <optional>
#include <string>
#include <utility>

#include "base/output_file.h"
#include "commands/commands.h"
#include "resolve/resolve_merge.h"
#include "runs/merge.h"
#include "runs/recorded_run.h"

namespace imnet::app {

int run_merge(const MergeRun& run) {
    Shards shards = check_shards(run.shards);
    shards.merged.version = run.record.version;
    shards.merged.command = run.record.command;
    shards.merged.directory = run.record.directory;

    std::optional<RecordedRun> recorded;
    if (is_file_to_write(run.output)) recorded.emplace(run.output, false, shards.merged);
    OutputFile out(run.output);
    merge_rows(shards, out);
    if (!recorded) {
        out.commit();
        return 0;
    }
    out.sync();
    recorded->forget_previous();
    out.commit();
    write_run_record(run_record_path(run.output), shards.merged);
    return 0;
}

}  // namespace imnet::app
