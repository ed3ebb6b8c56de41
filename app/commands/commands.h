// One function for each command. Each takes resolved options and returns the exit status. An error that
// ends the run is an exception.
#pragma once

namespace imnet::app {

struct BenchRun;
struct ClassifyRun;
struct EvalRun;
struct ExplainRun;
struct FinetuneRun;
struct MergeRun;
struct ModelsRun;
struct SummaryRun;
struct UndoRun;
struct WeightsConvertRun;
struct WeightsFetchRun;
struct WeightsInspectRun;
struct WeightsPathRun;
struct WeightsVerifyRun;

int run_bench(const BenchRun& run);                     // bench_command.cpp
int run_classify(const ClassifyRun& run);               // classify_command.cpp
int run_eval(const EvalRun& run);                       // eval_command.cpp
int run_explain(const ExplainRun& run);                 // explain_command.cpp
int run_finetune(const FinetuneRun& run);               // finetune_command.cpp
int run_merge(const MergeRun& run);                     // merge_command.cpp
int run_models(const ModelsRun& run);                   // models_command.cpp
int run_summary(const SummaryRun& run);                 // summary_command.cpp
int run_undo(const UndoRun& run);                       // undo_command.cpp
int run_weights_convert(const WeightsConvertRun& run);  // weights_convert_command.cpp
int run_weights_fetch(const WeightsFetchRun& run);      // weights_fetch_command.cpp
int run_weights_inspect(const WeightsInspectRun& run);  // weights_inspect_command.cpp
int run_weights_path(const WeightsPathRun& run);        // weights_path_command.cpp
int run_weights_verify(const WeightsVerifyRun& run);    // weights_verify_command.cpp

}  // namespace imnet::app
