// The options of `imnet finetune` alone: a part of the table of options.
#pragma once

#include <vector>

#include "option_table.h"

namespace imnet::app {

std::vector<OptionRow> training_options();

}  // namespace imnet::app
