#include "resolve/arguments.h"

#include <fmt/format.h>

#include "base/errors.h"
#include "cli/command_table.h"

namespace imnet::app {

void refuse_arguments(const Options& options) {
    if (options.arguments.empty()) return;
    throw UsageError(fmt::format("'{}' takes no arguments", command_name(options.command)));
}

}  // namespace imnet::app
