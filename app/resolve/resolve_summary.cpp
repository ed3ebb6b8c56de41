#include "resolve/resolve_summary.h"

#include "resolve/arguments.h"
#include "resolve/resolve_engine.h"
#include "resolve/resolve_model.h"

namespace imnet::app {

SummaryRun resolve_summary(const Options& options) {
    refuse_arguments(options);
    return {resolve_model(options), resolve_engine(options), options.quiet};
}

}  // namespace imnet::app
