// The command line as it was typed: words and numbers, not yet interpreted. app/resolve/ finds out what
// they mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imnet::app {

enum class Command {
    classify,
    models,
    summary,
    finetune,
    bench,
    eval,
    explain,
    weights_path,
    weights_inspect,
    weights_convert,
    weights_fetch,
    weights_verify,
    merge,
    undo
};

struct Options {
    Command command = Command::classify;
    std::vector<std::string> words;      ///< all that was typed after the program's name
    std::vector<std::string> arguments;  ///< paths, or the name of weights

    std::optional<std::string> model;
    std::optional<std::string> weights;
    bool no_weights = false;
    bool test_size = false;
    bool ema = false;
    std::optional<std::int64_t> seed;
    std::optional<std::string> labels;
    std::optional<std::string> device;
    std::optional<std::string> engine;
    std::optional<std::string> precision;
    std::optional<std::int64_t> threads;
    std::optional<std::int64_t> batch;

    std::optional<std::int64_t> size;  // preprocessing
    std::optional<std::int64_t> short_side;
    std::optional<double> crop_pct;
    std::optional<std::string> fit;
    std::optional<std::string> interpolation;
    std::optional<std::string> mean;
    std::optional<std::string> std;

    std::optional<std::string> activation;
    std::optional<std::int64_t> top;
    std::optional<std::string> format;
    std::optional<std::string> output;
    std::optional<double> min_prob;
    std::optional<std::string> is;
    std::optional<std::string> sort_into;
    std::optional<std::string> by;
    bool no_recursive = false;
    bool follow = false;
    bool all = false;
    std::optional<std::string> files_from;
    std::size_t arguments_before_list = 0;  ///< how many paths were typed before --files-from
    bool null_separated = false;
    bool tar = false;
    std::optional<std::string> shard;
    std::optional<std::int64_t> max_megapixels;
    std::optional<std::string> damaged;
    bool draft = false;
    bool quiet = false;
    bool fail_fast = false;
    bool resume = false;
    bool retry_failed = false;
    std::optional<std::string> progress;
    std::optional<std::string> url;
    std::optional<std::string> dtype;

    std::optional<std::string> val;  // finetune
    std::optional<double> val_fraction;
    std::optional<std::int64_t> epochs;
    std::optional<std::string> optimizer;
    std::optional<double> lr;
    std::optional<double> momentum;
    std::optional<double> weight_decay;
    std::optional<std::string> schedule;
    std::optional<double> warmup;
    std::optional<std::string> freeze;
    bool scratch = false;
    std::optional<double> crop_scale;
    bool no_flip = false;
    std::optional<double> color_jitter;
    std::optional<double> mixup;
    std::optional<double> cutmix;
    std::optional<double> label_smoothing;
    std::optional<std::string> class_weights;
    std::optional<double> clip_norm;

    std::optional<std::string> labels_csv;
    std::optional<std::string> numbers;
    bool skip_unknown = false;
    bool wrong = false;
    std::optional<std::string> explained_class;  // explain
    bool occlusion = false;
    std::optional<std::int64_t> patch;
    std::optional<std::int64_t> stride;

    bool help = false;
    bool version = false;
    std::optional<std::string> generate;
};

}  // namespace imnet::app
