// Parts of the table of options: those that one command alone takes.
#pragma once

#include <vector>

#include "option_table.h"

namespace imnet::app {

std::vector<OptionRow> training_options();  // of finetune
std::vector<OptionRow> eval_options();
std::vector<OptionRow> explain_options();

}  // namespace imnet::app
