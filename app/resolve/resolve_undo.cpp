#include "resolve/resolve_undo.h"

#include <algorithm>

#include "base/errors.h"

namespace imnet::app {

UndoRun resolve_undo(const Options& options) {
    if (options.arguments.empty()) {
        throw UsageError("nothing to undo: give a manifest, such as DIR/imnet-manifest-TIME.jsonl");
    }
    UndoRun run{options.arguments, options.quiet};
    // The name of a manifest contains its time. The last run is undone first.
    std::sort(run.manifests.rbegin(), run.manifests.rend());
    return run;
}

}  // namespace imnet::app
