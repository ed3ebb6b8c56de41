#include "resolve/resolve_record.h"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "cli/version.h"
#include "inputs/shard.h"

namespace imnet::app {

RunRecord resolve_record(const Options& options) {
    RunRecord record;
    record.version = version();
    record.command = options.words;
    record.command.insert(record.command.begin(), "imnet");
    std::error_code ignored;
    record.directory = std::filesystem::current_path(ignored).native();
    if (options.shard) {
        const Shard shard = parse_shard(*options.shard);
        record.shard = fmt::format("{}/{}", shard.index, shard.count);
    }
    return record;
}

}  // namespace imnet::app
