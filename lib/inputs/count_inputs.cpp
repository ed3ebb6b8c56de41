#include "inputs/count_inputs.h"

#include <utility>

#include "inputs/folder.h"

namespace imnet {

std::uint64_t count_inputs(const std::vector<std::string>& paths, SourceOptions options,
                           const std::stop_token& stop) {
    if (options.list == "-" || options.tar_on_stdin) return 0;
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
