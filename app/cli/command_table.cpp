#include "cli/command_table.h"

#include <algorithm>
#include <vector>

namespace imnet::app {
namespace {

const std::vector<CommandRow>& commands() {
    static const std::vector<CommandRow> table{
        {Command::classify, "", "PATH…",
         "Classify images: files, folders, archives, or - for one on standard input",
         "Prints one row for every input, in the order of the inputs, whatever happens to it. Folders are "
         "searched recursively for JPEG, PNG, WebP, GIF, BMP, TGA and PNM files and their files sorted by "
         "path. An archive (.tar, .tar.gz, .tgz, .tar.zst, .tzst, .zip) counts as a folder, its members come "
         "in its own order and are named archive/member. A picture is turned as its EXIF orientation says, "
         "and prepared exactly as the recipe of the "
         "weights says."},
        {Command::models, "models", "", "List the architectures and their published weights",
         "One line for each set of published weights: model, weights, parameters, top-1 and top-5 accuracy "
         "on ImageNet in per cent as published, size of the file, and whether it is on this machine. A star "
         "marks the default of a model."},
        {Command::summary, "summary", "", "Show a model's layers, and what a random input gives",
         "Prints the net as PyTorch's print(model) nests it, with the output shape and the parameters of "
         "each layer, then the number of parameters, the device, and the shape that a random input "
         "[1, 3, 224, 224] gives."},
        {Command::finetune, "finetune", "DIR", "Train a model for your own classes",
         "DIR holds a folder of pictures for each class. The head (fc, or head.fc) is replaced by a new one "
         "for "
         "these classes, unless the model has exactly them already, and the net is trained: train mode, Adam "
         "at 0.001 and cross-entropy unless options say otherwise, on random parts of the pictures, mirrored "
         "at "
         "random, as torchvision's RandomResizedCrop and RandomHorizontalFlip make them. Each epoch is "
         "validated, on --val or on a part of each class that is held back, and prints a row of a table; the "
         "best is kept in the file that -o names, with the class names and all that a later run needs: "
         "'imnet --weights FILE PATH…' classifies with it. Beside it stand FILE.csv and FILE.svg, the "
         "learning "
         "curve, and while the training is unfinished FILE.state: a signal saves it, and --resume goes on "
         "from "
         "there to the same bytes. The same command gives the same file."},
        {Command::bench, "bench", "", "Measure how fast the engines are on this machine",
         "Runs random images through the net, with each engine that is installed, in fp32 and bf16, one "
         "image "
         "and eight at a time, unless an option names one of them. images/s is measured with all threads "
         "working on batches of their own, as when a folder is classified; the time of a batch is that of "
         "one "
         "that has all threads, as when a single image is; both are medians. Decoding is not in it."},
        {Command::eval, "eval", "DIR", "Measure how often a model is right on labelled pictures",
         "Classifies the pictures in DIR, a folder or an archive, and compares with what they are labelled: "
         "the first folder below DIR names the class, by wnid, class name, or index from 0 (a class that is "
         "called so goes before an index); or --labels-csv does. Labels that the model has no class for, and "
         "those that fit two, are refused by name before anything is classified. Prints top-1 and top-5 "
         "accuracy with 95 % intervals (Wilson), the mean of the classes' top-1, the expected calibration "
         "error (15 bins of equal width over the probability of the first label), a table of the classes, "
         "and the pairs that are confused most. A failed picture is named on standard error, and is neither "
         "right nor wrong; then, or where a picture that the list names is missing, the exit status is 1."},
        {Command::explain, "explain", "IMAGE", "Show where in a picture the net sees a class",
         "Writes a PNG to the file that -o names: the photograph upright and in grey, at most 1024 pixels "
         "long; "
         "over what the net saw of it, the crop, the heat of the class from black to light yellow; darker "
         "around "
         "it. Prints the path, the class with its probability, and where in the photograph the heat is. By "
         "Grad-CAM (arXiv:1610.02391), from the gradient of the class over the last feature maps, with "
         "libtorch; "
         "with --occlusion (arXiv:1311.2901) by what it costs the class to hide each part. Heat is relative "
         "to "
         "the picture: the hottest place is always light yellow. The picture - is standard input, and the "
         "output - standard output."},
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
         "Reads any checkpoint that imnet reads, and writes its tensors to the file that -o names, under "
         "their "
         "own names and bit for bit, or rounded to the type that --dtype names."},
        {Command::merge, "merge", "FILE…", "Join the outputs of the shards of one run",
         "Writes the rows of all shards (jsonl, csv or tsv) to the file that -o names, in the order in which "
         "one run would have written them. The shards must be of one run, all there, and complete: their "
         "records (FILE.run.json) tell, and FILE.order tells the order."},
        {Command::undo, "undo", "MANIFEST…", "Put back what --sort-into has sorted",
         "Reads the manifests that runs with --sort-into have left in their folder, and reverses what they "
         "say, "
         "the last file first: copies and links are removed, moved files go back to where they were. What "
         "has been changed since, is the only one left, or would replace something is kept, with a line on "
         "standard error and exit status 1. A manifest that is undone has .undone behind its name. It may "
         "be "
         "interrupted and run again."},
    };
    return table;
}

}  // namespace

std::span<const CommandRow> command_table() { return commands(); }

const CommandRow& command_row(Command command) {
    return *std::find_if(commands().begin(), commands().end(),
                         [&](const CommandRow& row) { return row.command == command; });
}

}  // namespace imnet::app
