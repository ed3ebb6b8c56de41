// The sections of the option table, one file each; option_table.cpp puts them in order.
#pragma once

#include <vector>

#include "cli/option_table.h"

namespace imnet::app {

std::vector<OptionRow> model_options();
std::vector<OptionRow> preprocessing_options();
std::vector<OptionRow> input_options();
std::vector<OptionRow> output_options();
std::vector<OptionRow> training_options();  // of finetune
std::vector<OptionRow> eval_options();
std::vector<OptionRow> explain_options();

}  // namespace imnet::app
