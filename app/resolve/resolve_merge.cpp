#include "resolve/resolve_merge.h"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/errors.h"
#include "resolve/resolve_record.h"

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

MergeRun resolve_merge(const Options& options) {
    if (options.arguments.empty()) throw UsageError("'imnet merge' needs the outputs of all shards");
    if (!options.output) throw UsageError("'imnet merge' needs the file to write: -o FILE");
    refuse_own_input(options);
    return {options.arguments, *options.output, resolve_record(options)};
}

}  // namespace imnet::app
