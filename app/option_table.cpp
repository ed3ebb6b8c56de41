#include "option_table.h"

#include <algorithm>

namespace imnet::app {
namespace {

const std::vector<Command> all_commands{
    Command::classify,        Command::models,          Command::summary,       Command::weights_path,
    Command::weights_inspect, Command::weights_convert, Command::weights_fetch, Command::weights_verify};
const std::vector<Command> classify{Command::classify};
const std::vector<Command> inspect{Command::weights_inspect};
const std::vector<Command> convert{Command::weights_convert};
const std::vector<Command> with_net{Command::classify, Command::summary};
const std::vector<Command> with_checkpoint{Command::classify, Command::summary, Command::weights_inspect,
                                           Command::weights_convert};
const std::vector<Command> with_model{Command::classify, Command::summary, Command::weights_path,
                                      Command::weights_fetch, Command::weights_verify};
const std::vector<Command> with_quiet{Command::classify, Command::summary, Command::weights_fetch};
const std::vector<Command> fetch{Command::weights_fetch};

const std::vector<OptionRow>& rows() {
    static const std::vector<OptionRow> table{
        {"Model",
         "",
         "--model",
         "NAME",
         "Architecture; 'imnet models' lists them",
         "resnet50",
         {},
         Completion::model,
         with_model,
         &Options::model},
        {"Model",
         "",
         "--weights",
         "NAME|FILE",
         "Published weights by name, or a checkpoint file",
         "the model's default",
         {},
         Completion::file,
         with_net,
         &Options::weights},
        {"Model",
         "",
         "--ema",
         "",
         "Of a training checkpoint that holds averaged weights (EMA) beside the plain ones, take those",
         "",
         {},
         Completion::none,
         with_checkpoint,
         &Options::ema},
        {"Model",
         "",
         "--no-weights",
         "",
         "Random weights, drawn as PyTorch draws them; the labels then mean nothing",
         "",
         {},
         Completion::none,
         with_net,
         &Options::no_weights},
        {"Model",
         "",
         "--seed",
         "N",
         "Seed of the random weights, as in torch.manual_seed(N)",
         "0",
         {},
         Completion::none,
         with_net,
         &Options::seed},
        {"Model",
         "",
         "--labels",
         "FILE",
         "Class names, one a line, in index order",
         "ImageNet's for 1000 outputs, else 'class 0', 'class 1' and so on",
         {},
         Completion::file,
         classify,
         &Options::labels},
        {"Model",
         "",
         "--device",
         "DEVICE",
         "Where the net runs: auto, cpu, cuda or cuda:N; cuda without a usable GPU is an error",
         "auto: CUDA where there is one, else the CPU",
         {},
         Completion::none,
         with_net,
         &Options::device},
        {"Model",
         "",
         "--threads",
         "N",
         "Cores to use",
         "all that this process may use",
         {},
         Completion::none,
         with_net,
         &Options::threads},
        {"Model",
         "",
         "--batch",
         "N",
         "Images that go through the net at a time",
         "8; 32 on a GPU",
         {},
         Completion::none,
         classify,
         &Options::batch},
        {"Model",
         "",
         "--url",
         "URL",
         "Download from there, http or https, instead of from the publisher; behind a final / the file's "
         "own name is added",
         "",
         {},
         Completion::none,
         fetch,
         &Options::url},

        {"Input",
         "",
         "--no-recursive",
         "",
         "Stay in the folders given; do not enter theirs",
         "",
         {},
         Completion::none,
         classify,
         &Options::no_recursive},
        {"Input",
         "",
         "--follow",
         "",
         "Enter folders through links, too",
         "",
         {},
         Completion::none,
         classify,
         &Options::follow},
        {"Input",
         "",
         "--all",
         "",
         "In folders, also try files whose name has no image ending",
         "",
         {},
         Completion::none,
         classify,
         &Options::all},
        {"Input",
         "",
         "--max-megapixels",
         "N",
         "Refuse larger pictures before memory is taken for them",
         "200",
         {},
         Completion::none,
         classify,
         &Options::max_megapixels},

        {"Output", "-k", "--top", "N", "Labels an image", "5", {}, Completion::none, classify, &Options::top},
        {"Output",
         "",
         "--format",
         "FORMAT",
         "How rows are written: text, json, jsonl, csv or tsv",
         "text",
         {"text", "json", "jsonl", "csv", "tsv"},
         Completion::none,
         classify,
         &Options::format},
        {"Output",
         "",
         "--format",
         "FORMAT",
         "How the tensors are listed: text or json",
         "text",
         {"text", "json"},
         Completion::none,
         inspect,
         &Options::format},
        {"Output",
         "-o",
         "--output",
         "FILE",
         "The safetensors file to write; it appears when it is complete",
         "",
         {},
         Completion::file,
         convert,
         &Options::output},
        {"Output",
         "-o",
         "--output",
         "FILE",
         "Write the rows there; the file appears when it is complete",
         "standard output",
         {},
         Completion::file,
         classify,
         &Options::output},
        {"Output",
         "",
         "--min-prob",
         "P",
         "Leave out labels less probable than P, from 0 to 1",
         "0",
         {},
         Completion::none,
         classify,
         &Options::min_prob},
        {"Output",
         "",
         "--is",
         "LABEL",
         "As grep does: print only the paths that have this class (name, wnid or index) among their labels",
         "",
         {},
         Completion::none,
         classify,
         &Options::is},
        {"Output",
         "-q",
         "--quiet",
         "",
         "On standard error, only errors and the warning of random weights",
         "",
         {},
         Completion::none,
         with_quiet,
         &Options::quiet},
        {"Output",
         "",
         "--fail-fast",
         "",
         "Stop after the first input that fails",
         "",
         {},
         Completion::none,
         classify,
         &Options::fail_fast},

        {"General",
         "-h",
         "--help",
         "",
         "Show this help and exit",
         "",
         {},
         Completion::none,
         all_commands,
         &Options::help},
        {"General",
         "",
         "--version",
         "",
         "Show the version and what is built in, and exit",
         "",
         {},
         Completion::none,
         classify,
         &Options::version},
        {"General",
         "",
         "--generate",
         "KIND",
         "Print the man page or a shell's completions and exit: man, complete-bash, complete-zsh or "
         "complete-fish",
         "",
         {"man", "complete-bash", "complete-zsh", "complete-fish"},
         Completion::none,
         classify,
         &Options::generate},
    };
    return table;
}

const std::vector<CommandRow>& commands() {
    static const std::vector<CommandRow> table{
        {Command::classify, "", "PATH…", "Classify images: files, folders, or - for one on standard input",
         "Prints one row for every input, in the order of the inputs, whatever happens to it. Folders are "
         "searched recursively for JPEG, PNG, WebP, GIF, BMP, TGA and PNM files and their files sorted by "
         "path. A picture is turned as its EXIF orientation says, and prepared exactly as the recipe of the "
         "weights says."},
        {Command::models, "models", "", "List the architectures and their published weights",
         "One line for each set of published weights: model, weights, parameters, top-1 and top-5 accuracy "
         "on ImageNet in per cent as published, size of the file, and whether it is on this machine. A star "
         "marks the default of a model."},
        {Command::summary, "summary", "", "Show a model's layers, and what a random input gives",
         "Prints the net as PyTorch's print(model) nests it, with the output shape and the parameters of "
         "each layer, then the number of parameters, the device, and the shape that a random input "
         "[1, 3, 224, 224] gives."},
        {Command::weights_path, "weights path", "[NAME|FILE]", "Print where weights are kept on this machine",
         "Looks in the order in which a run does: a file of that name, the cache of imnet, of torch hub, of "
         "Hugging Face. Without a name, the model's default weights. Exit status 3 where they are in none."},
        {Command::weights_fetch, "weights fetch", "[NAME]",
         "Download published weights, unless they are here",
         "Prints where they are kept. What torch hub or Hugging Face have downloaded before is used as it "
         "is; "
         "else the file comes into the cache of imnet, under its name only when it is whole and its SHA-256 "
         "is right. A cut or killed download goes on where it stopped; of several at once, one downloads and "
         "the others wait. Proxies and certificates are taken from the environment, as curl does. Without a "
         "name, the model's default weights."},
        {Command::weights_verify, "weights verify", "[NAME|FILE]",
         "Check weights against the published hashes",
         "Prints model, weights, path, and ok or what is wrong. Without a name, all published weights (of "
         "one model with --model). A file is compared with all of them. Exit status 3 where any are wrong, "
         "or what was named is not on this machine or unknown."},
        {Command::weights_inspect, "weights inspect", "FILE", "List what is in a checkpoint",
         "Says what kind of file it is, which architecture its tensors fit and with how many classes, and "
         "lists each tensor's name, dtype, shape and bytes. Nothing in the file is run."},
        {Command::weights_convert, "weights convert", "FILE",
         "Write a checkpoint's tensors to a safetensors file",
         "Reads any checkpoint that imnet reads, and writes its tensors bit for bit, under their own names, "
         "to "
         "the file that -o names."},
    };
    return table;
}

}  // namespace

std::span<const OptionRow> option_table() { return rows(); }

std::span<const CommandRow> command_table() { return commands(); }

const CommandRow& command_row(Command command) {
    return *std::find_if(commands().begin(), commands().end(),
                         [&](const CommandRow& row) { return row.command == command; });
}

std::vector<const OptionRow*> options_of(Command command) {
    std::vector<const OptionRow*> taken;
    for (const OptionRow& row : rows()) {
        if (std::find(row.commands.begin(), row.commands.end(), command) != row.commands.end()) {
            taken.push_back(&row);
        }
    }
    return taken;
}

std::string option_spelling(const OptionRow& row) {
    std::string spelling;
    if (!row.short_name.empty()) spelling.append(row.short_name).append(", ");
    spelling += row.long_name;
    if (!row.value.empty()) spelling.append(" ").append(row.value);
    return spelling;
}

}  // namespace imnet::app
