#include "inputs/count_inputs.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "inputs/folder.h"

namespace imnet {

std::uint64_t count_inputs(const std::vector<std::string>& paths, SourceOptions options,
                           const std::stop_token& stop) {
    std::error_code ignored;
    // What is read from a pipe here would be missing from the run.
    if (options.list && !std::filesystem::is_regular_file(*options.list, ignored)) return 0;
    if (options.tar_on_stdin) return 0;
    options.find.archives = false;
    InputSource source(paths, std::move(options));
    std::uint64_t count = 0;
    while (const auto input = source.next()) {
        if (stop.stop_requested() || has_archive_ending(input->path)) return 0;
        ++count;
    }
    return count;
}

}  // namespace imnet
