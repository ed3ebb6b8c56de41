#include "cli/man_page.h"

#include <string_view>

#include <fmt/format.h>

#include "cli/option_table.h"

namespace imnet::app {
namespace {

// A backslash and a hyphen mean something to roff, and so does a dot or quote that starts a line.
// It reads no UTF-8 either: the one character that the table uses is spelled out.
std::string roff(std::string_view text) {
    constexpr std::string_view ellipsis = "…";
    std::string escaped;
    while (!text.empty()) {
        if (text.starts_with(ellipsis)) {
            escaped += "...";
            text.remove_prefix(ellipsis.size());
            continue;
        }
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '-') {
            escaped += "\\-";
        } else if (c == '\\') {
            escaped += "\\e";
        } else {
            if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n')) escaped += "\\&";
            escaped += c;
        }
    }
    return escaped;
}

std::string section(std::string_view title, std::string_view body) {
    return fmt::format(".SH {}\n{}\n", title, body);
}

std::string synopsis() {
    std::string text;
    for (const CommandRow& row : command_table()) {
        if (!text.empty()) text += ".br\n";
        text += fmt::format(".B imnet{}{}\n[\\fIOPTION\\fR...] {}\n", row.words.empty() ? "" : " ", row.words,
                            roff(row.arguments));
    }
    text.pop_back();
    return text;
}

std::string commands() {
    std::string text;
    for (const CommandRow& row : command_table()) {
        text +=
            fmt::format(".TP\n.B imnet {}\n{}.\n{}\n", roff(row.words.empty() ? row.arguments : row.words),
                        roff(row.help), roff(row.details));
    }
    text.pop_back();
    return text;
}

std::string command_names(const OptionRow& row) {
    std::string names;
    for (const Command command : row.commands) {
        const std::string_view words = command_row(command).words;
        names += fmt::format("{}{}", names.empty() ? "" : ", ", words.empty() ? "classify" : words);
    }
    return names;
}

std::string option_entry(const OptionRow& row) {
    std::string names;
    if (!row.short_name.empty()) names += fmt::format("\\fB{}\\fR, ", roff(row.short_name));
    names += fmt::format("\\fB{}\\fR", roff(row.long_name));
    if (!row.value.empty()) names += fmt::format(" \\fI{}\\fR", roff(row.value));
    std::string entry = fmt::format(".TP\n{}\n{}.\n", names, roff(row.help));
    if (!row.default_text.empty()) entry += fmt::format("Default: {}.\n", roff(row.default_text));
    if (row.commands.size() > 1 || row.commands.front() != Command::classify) {
        entry += fmt::format("Taken by: {}.\n", roff(command_names(row)));
    }
    return entry;
}

std::string options() {
    std::string text;
    std::string_view current;
    for (const OptionRow& row : option_table()) {
        if (row.section != current) text += fmt::format(".SS {}\n", current = row.section);
        text += option_entry(row);
    }
    text.pop_back();
    return text;
}

constexpr std::string_view rows_section =
    R"(One row for every input, in the order of the inputs, each as soon as it and all before it are done.
Probabilities are a softmax in float32.
.TP
.B text
For people: the path, then a line a label. On a terminal with bars and colours (not where NO_COLOR is set), and with control characters in names shown as '?'.
.TP
.B jsonl
An object a line:
.nf
{"path":"a.jpg","top":[{"index":281,"wnid":"n02123045",
 "label":"tabby","prob":0.6213}]}
{"path":"b.jpg","error":{"kind":"decode",
 "message":"truncated JPEG: 112 of 300 rows"}}
.fi
The kind of an error is one of not_found, permission, io, format, decode, limits.
Bytes of a path that are not UTF\-8 are shown as U+FFFD; path_base64 then holds the exact path.
wnid is left out where the labels are not ImageNet's.
.TP
.B json
One array of the same objects.
.TP
.B csv
RFC 4180, with the header path,rank,index,wnid,label,prob,error and a line a label. A failed input has one line with an empty rank, and so has an input of which no label reaches
.BR \-\-min\-prob .
.TP
.B tsv
The same, separated by tabs, with \et, \en, \er and \e\e for these characters.)";

constexpr std::string_view models_section =
    R"(What TensorFlow calls ResNet50V2 is the pre\-activation network of 2016 (arXiv:1603.05027); here it is
.BR resnetv2_50 ,
with the weights of timm.
torchvision's IMAGENET1K_V2 is something else: weights from a better training recipe for
.BR resnet50 ,
the post\-activation network of 2015 with the stride on the 3x3 convolution.
.PP
Weights are found in this order: a file that exists; the cache of imnet; torch hub's cache; Hugging Face's cache. They are never downloaded unasked and never replaced by random ones;
.B imnet weights fetch
downloads them.
A checkpoint is a state dict: a file of torch.save in any of its forms, also inside a training checkpoint; a safetensors file or an index of shards; or a folder of the Hugging Face hub. It is mapped into memory and read without running anything that is in it. The architecture is recognised where
.B \-\-model
is left out; class names and the recipe come from the checkpoint, or a config.json beside it, where they are there.)";

constexpr std::string_view status_section = R"(.TP
.B 0
All well; with
.BR \-\-is ,
a path was found.
.TP
.B 1
Some input failed, or
.B \-\-is
found nothing.
.TP
.B 2
The command line makes no sense.
.TP
.B 3
The model, its weights or its labels were rejected.
.TP
.B 4
The output could not be written, or a resource failed.
.TP
.B 128+N
Ended by signal N. A closed pipe ends the run quietly.)";

constexpr std::string_view environment_section = R"(.TP
.B IMNET_CACHE
The folder of the project's own weights; else $XDG_CACHE_HOME/imnet, else ~/.cache/imnet.
.TP
.B TORCH_HOME
Where torch hub keeps its files; else ~/.cache/torch.
.TP
.BR HF_HUB_CACHE ", " HF_HOME
Where Hugging Face's libraries keep theirs; else ~/.cache/huggingface.
.TP
.BR http_proxy ", " https_proxy ", " all_proxy ", " no_proxy
The proxies that
.B imnet weights fetch
goes through, as curl does.
.TP
.BR CURL_CA_BUNDLE ", " SSL_CERT_FILE ", " SSL_CERT_DIR
The certificates that it trusts, where they are not the system's.
.TP
.B NO_COLOR
If set, no colours on a terminal.)";

struct Example {
    std::string_view purpose;
    std::string_view command;
};

constexpr Example examples[] = {
    {"Name what is in a picture:", "imnet samples/chelsea.png"},
    {"Label a folder, a line of JSON an image:", "imnet --format jsonl -o labels.jsonl samples"},
    {"The most probable label only, as a table:", "imnet -k 1 --format csv samples"},
    {"Which pictures show a tabby, by name, wnid or index?", "imnet --is tabby samples"},
    {"A picture from a pipe:", "cat samples/rocket.jpg | imnet -"},
    {"The pictures that a list names:", "find samples/ -name '*.jpg' -print0 | imnet -0 --files-from -"},
    {"Pictures in an archive, without unpacking it:",
     "tar -cf shard-000.tar samples/*.jpg && imnet shard-000.tar"},
    {"The second of three parts, each for a machine of its own:", "imnet --shard 2/3 -o part-2.txt samples"},
    {"How often is the model right on pictures that a list labels?",
     "imnet eval --labels-csv labels.csv samples"},
    {"The pre-activation ResNet50V2 with its published weights:",
     "imnet --model resnetv2_50 samples/coffee.png"},
    {"The recipe of 2015 instead of the better one:", "imnet --weights IMAGENET1K_V1 samples/coffee.png"},
    {"A checkpoint of one's own, with its class names:",
     "imnet --model resnet18 --weights flowers.pth --labels flowers.txt samples"},
    {"Where in a picture is it?", "imnet explain samples/chelsea.png -o heat.png"},
    {"Look at an architecture without weights:", "imnet summary --model resnet18 --no-weights"},
    {"Download the default weights, unless they are here:", "imnet weights fetch"},
    {"Where are the default weights kept?", "imnet weights path"},
};

std::string examples_section() {
    std::string text;
    for (const Example& example : examples) {
        text += fmt::format("{}.PP\n{}\n.PP\n.nf\n.RS\n{}\n.RE\n.fi\n", "", roff(example.purpose),
                            roff(example.command));
    }
    text.pop_back();
    return text;
}

}  // namespace

std::string man_page() {
    return fmt::format(
               ".\\\" Made by 'imnet --generate man' from the option table.\n.TH IMNET 1 \"\" \"imnet {}\" "
               "\"User Commands\"\n",
               IMNET_VERSION) +
           section("NAME", "imnet \\- classify images with a pre\\-trained ResNet") +
           section("SYNOPSIS", synopsis()) + section("DESCRIPTION", commands()) +
           section("OPTIONS", options()) + section("ROWS", rows_section) +
           section("MODELS AND WEIGHTS", models_section) + section("EXIT STATUS", status_section) +
           section("ENVIRONMENT", environment_section) + section("EXAMPLES", examples_section());
}

}  // namespace imnet::app
