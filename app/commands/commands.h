// One function a command. Each returns the exit status; what ends the run is thrown.
#pragma once

#include "cli/options.h"

namespace imnet::app {

int run_classify(const Options& options);         // classify_command.cpp
int run_models(const Options& options);           // models_command.cpp
int run_summary(const Options& options);          // summary_command.cpp
int run_finetune(const Options& options);         // finetune_command.cpp
int run_bench(const Options& options);            // bench_command.cpp
int run_eval(const Options& options);             // eval_command.cpp
int run_explain(const Options& options);          // explain_command.cpp
int run_weights_path(const Options& options);     // weights_path_command.cpp
int run_weights_fetch(const Options& options);    // weights_fetch_command.cpp
int run_weights_verify(const Options& options);   // weights_verify_command.cpp
int run_weights_inspect(const Options& options);  // weights_inspect_command.cpp
int run_weights_convert(const Options& options);  // weights_convert_command.cpp
int run_merge(const Options& options);            // merge_command.cpp
int run_undo(const Options& options);             // undo_command.cpp

}  // namespace imnet::app
