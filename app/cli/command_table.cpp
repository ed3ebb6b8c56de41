#include "cli/command_table.h"

#include <algorithm>
#include <vector>

namespace imnet::app {
namespace {

const std::vector<CommandRow>& commands() {
    static const std::vector<CommandRow> table{
        {Command::classify, "", "PATH…",
         "Classify images: files, folders, archives, or - for one on standard input",
         "Prints one row for every input, in the order of the inputs, even if the input fails. Folders are "
         "searched recursively for JPEG, PNG, WebP, HEIC, AVIF, TIFF, JPEG 2000, JPEG XL, GIF, BMP, TGA and "
         "PNM files and cameras' raw files, and their files are sorted by path. An archive (.tar, .tar.gz, "
         ".tgz, .tar.bz2, .tbz2, .tar.xz, .txz, .tar.zst, .tzst, .zip) counts as a folder; its members come "
         "in the order of the archive and "
         "are named archive/member. Images are turned as their EXIF orientation says and preprocessed "
         "exactly as the weights require."},
        {Command::models, "models", "[WORD…]", "List the architectures and their published weights",
         "Prints one line for each set of published weights, by family: model, weights, parameters, image "
         "size with the published top-1 and top-5 accuracy on ImageNet in per cent, the size that "
         "--test-size takes with its top-1 accuracy, MiB of the file, and whether it is on this machine. A "
         "star marks the default weights of a model. With words it lists only what has each of them in its "
         "model, weights, family or publisher; the exit status is 1 if there is none."},
        {Command::summary, "summary", "", "Show a model's layers, and the output for a random input",
         "Prints the net as PyTorch's print(model) nests it, with the output shape and the parameters of "
         "each layer. Then it prints the number of parameters, the device, and the shape of the output for a "
         "random input of the model's own image size."},
        {Command::finetune, "finetune", "DIR", "Train a model for your own classes",
         "DIR holds a folder of images for each class. The head (fc, head.fc or classifier) is replaced by a "
         "new one for "
         "these classes, unless the model has exactly these classes already. By default the net is trained "
         "in train mode with Adam, a learning rate of 0.001 and cross-entropy. Training images are augmented "
         "as torchvision's RandomResizedCrop and RandomHorizontalFlip do. Each epoch is validated on --val, "
         "or on a part of each class that is held back, and prints one row of a table. The best epoch is "
         "kept in the file that -o names, with the class names and all that 'imnet --weights FILE PATH…' "
         "needs to classify with it. FILE.csv and FILE.svg hold the learning curve. A signal saves the "
         "unfinished training in FILE.state; --resume continues from there and ends with the same bytes. The "
         "same command gives the same file."},
        {Command::bench, "bench", "", "Measure how fast the engines are on this machine",
         "Runs random images through the net with each installed engine, in fp32 and bf16, one image and "
         "eight at a time, unless an option selects one of them. images/s is measured with every thread "
         "working on its own batches, as when you classify a folder. The time of a batch is measured with "
         "all threads on one batch, as for a single image. Both are medians. Decoding is not included."},
        {Command::eval, "eval", "DIR", "Measure how often a model is right on labelled images",
         "Classifies the images in DIR, a folder or an archive, and compares the predictions with the known "
         "classes. The first folder below DIR names the class of an image: by wnid, by class name, or by "
         "index from 0, where a class name goes before an index. With --labels-csv a file names the classes. "
         "Names that the model has no class for, or that fit two classes, are refused before anything is "
         "classified. Prints top-1 and top-5 accuracy with 95 % intervals (Wilson), the mean of the classes' "
         "top-1, and the expected calibration error (15 bins of equal width over the probability of the "
         "first class). Then it prints a table of the classes and the pairs that are confused most. A failed "
         "image is named on standard error and counts neither as right nor as wrong. The exit status is then "
         "1, and also if an image that the list names is missing."},
        {Command::explain, "explain", "IMAGE", "Show where in an image the net sees a class",
         "Writes a PNG to the file that -o names: the photograph, upright and in grey, at most 1024 pixels "
         "long. The heat of the class lies over the crop that the net saw, from black to light yellow; the "
         "rest is darker. Prints the path, the class with its probability, and where in the photograph the "
         "heat is. The default method is Grad-CAM (arXiv:1610.02391), which uses the gradient of the class "
         "over the last feature maps and needs libtorch. With --occlusion (arXiv:1311.2901) the heat is what "
         "the class loses when a part of the image is hidden. The hottest place of an image is always light "
         "yellow, so heat cannot be compared between images. The image - is standard input, and the output - "
         "is standard output."},
        {Command::weights_path, "weights path", "[NAME|FILE]", "Print where weights are on this machine",
         "Looks in the same order as a run does: a file of that name, then the caches of imnet, torch hub "
         "and Hugging Face, then the file that comes with imnet. Without a name it looks for the model's "
         "default weights. The exit status is 3 if "
         "they are nowhere."},
        {Command::weights_fetch, "weights fetch", "[NAME]",
         "Download published weights, unless they are on this machine",
         "Prints where the file is. A file that torch hub or Hugging Face has downloaded before is used as "
         "it is. Otherwise the file is downloaded into the cache of imnet, and gets its name only when it is "
         "whole and has been checked. It is compared with as many digits of its SHA-256 as are published, "
         "and with the SHA-256 that Hugging Face states, if it states one. The full SHA-256 is kept in "
         "FILE.sha256 and compared from then on. An interrupted download continues where it stopped, or "
         "starts again if no hash is known. Of several downloads of one file, one does the work and the "
         "others wait. Proxies and certificates come from the environment, as for curl. Without a name it "
         "fetches the model's default weights."},
        {Command::weights_verify, "weights verify", "[NAME|FILE]", "Check weights against their hashes",
         "Prints model, weights, path, and ok or what is wrong. A file that 'imnet weights fetch' has "
         "downloaded is compared with its full SHA-256, any other with the digits that are published. "
         "Without a name it checks all published weights, or those of one model with --model. A file that "
         "you name is compared with all published weights. The exit status is 3 if a file is wrong, or if "
         "what you named is unknown or not on this machine."},
        {Command::weights_inspect, "weights inspect", "FILE", "List what is in a checkpoint",
         "Prints the kind of the file, the architecture that its tensors fit, and the number of classes. "
         "Then it lists the name, dtype, shape and bytes of each tensor. Nothing in the file is executed."},
        {Command::weights_convert, "weights convert", "FILE",
         "Write a checkpoint's tensors to a safetensors file",
         "Reads any checkpoint that imnet reads. Writes its tensors to the file that -o names, with the same "
         "names, bit for bit or rounded to the type that --dtype names."},
        {Command::merge, "merge", "FILE…", "Join the outputs of the shards of one run",
         "Writes the rows of all shards (jsonl, csv or tsv) to the file that -o names, in the order in which "
         "one run would have written them. The shards must belong to one run, be complete, and be all there. "
         "Their records (FILE.run.json) are used to check this, and FILE.order holds the order."},
        {Command::undo, "undo", "MANIFEST…", "Put back what --sort-into has sorted",
         "Reads the manifests that runs with --sort-into have written to their folder, and reverses their "
         "steps, the last one first. Copies and links are removed, and moved files go back to their old "
         "place. A file is kept if it has changed since, if it is the only one left, or if it would "
         "overwrite another. Each kept file is listed on standard error, and the exit status is 1. A "
         "finished manifest is renamed to end in .undone. You can interrupt undo and run it again."},
    };
    return table;
}

}  // namespace

std::span<const CommandRow> command_table() { return commands(); }

const CommandRow& command_row(Command command) {
    return *std::find_if(commands().begin(), commands().end(),
                         [&](const CommandRow& row) { return row.command == command; });
}

std::string command_name(Command command) {
    const std::string_view words = command_row(command).words;
    return words.empty() ? "imnet" : "imnet " + std::string(words);
}

}  // namespace imnet::app
