#include "resolve/resolve_models.h"

namespace imnet::app {

ModelsRun resolve_models(const Options& options) { return {options.arguments, options.format == "json"}; }

}  // namespace imnet::app
