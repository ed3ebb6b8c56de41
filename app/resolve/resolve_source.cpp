#include "resolve/resolve_source.h"

#include <algorithm>

#include "base/errors.h"

namespace imnet::app {

SourceOptions resolve_source(const Options& options) {
    SourceOptions resolved;
    resolved.find.recursive = !options.no_recursive;
    resolved.find.follow = options.follow;
    resolved.find.all_names = options.all;
    resolved.find.except = options.sort_into.value_or("");
    resolved.list = options.files_from;
    resolved.null_separated = options.null_separated;
    resolved.paths_before_list = options.arguments_before_list;
    resolved.tar_on_stdin = options.tar;
    if (options.shard) resolved.shard = parse_shard(*options.shard);
    const auto& paths = options.arguments;
    const bool names_stdin = std::find(paths.begin(), paths.end(), "-") != paths.end();
    if (options.null_separated && !options.files_from) {
        throw UsageError("--null only goes with --files-from");
    }
    if (options.tar && !names_stdin && !options.files_from) {
        throw UsageError("--tar: give - as an input, too; standard input is then a tar archive");
    }
    if (options.files_from == "-" && names_stdin) {
        throw UsageError("standard input cannot be both an input and the list of --files-from");
    }
    return resolved;
}

}  // namespace imnet::app
