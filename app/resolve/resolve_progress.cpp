#include "resolve/resolve_progress.h"

namespace imnet::app {

ShowProgress resolve_progress(const Options& options) {
    if (options.progress == "always") return ShowProgress::always;
    return options.progress == "never" || options.quiet ? ShowProgress::never : ShowProgress::automatic;
}

}  // namespace imnet::app
