#include "run.h"

#include <csignal>
#include <cstdint>
#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/errors.h"
#include "base/interruption.h"
#include "base/output_file.h"
#include "base/standard_streams.h"
#include "cli/command_line.h"
#include "cli/completions.h"
#include "cli/help.h"
#include "cli/man_page.h"
#include "cli/say.h"
#include "cli/version.h"
#include "codecs/raw_preview.h"
#include "commands/commands.h"
#include "inputs/left_by_tools.h"
#include "preprocess/damaged_pictures.h"
#include "resolve/resolve_bench.h"
#include "resolve/resolve_classify.h"
#include "resolve/resolve_eval.h"
#include "resolve/resolve_explain.h"
#include "resolve/resolve_finetune.h"
#include "resolve/resolve_merge.h"
#include "resolve/resolve_models.h"
#include "resolve/resolve_summary.h"
#include "resolve/resolve_undo.h"
#include "resolve/resolve_weights.h"

namespace imnet::app {
namespace {

enum ExitStatus { usage = 2, model_rejected = 3, output_failed = 4 };

int print(const std::string& text) {
    OutputFile out("-");
    out.write(text);
    out.commit();
    return 0;
}

std::string generated(const std::string& kind) {
    if (kind == "man") return man_page();
    if (kind == "complete-bash") return bash_completions();
    if (kind == "complete-zsh") return zsh_completions();
    return fish_completions();
}

int dispatch(const Options& options) {
    if (options.help) return print(help_text(options.command));
    if (options.version) return print(version_text());
    if (options.generate) return print(generated(*options.generate));
    switch (options.command) {
        case Command::classify: return run_classify(resolve_classify(options));
        case Command::models: return run_models(resolve_models(options));
        case Command::summary: return run_summary(resolve_summary(options));
        case Command::finetune: return run_finetune(resolve_finetune(options));
        case Command::bench: return run_bench(resolve_bench(options));
        case Command::eval: return run_eval(resolve_eval(options));
        case Command::explain: return run_explain(resolve_explain(options));
        case Command::weights_path: return run_weights_path(resolve_weights_path(options));
        case Command::weights_fetch: return run_weights_fetch(resolve_weights_fetch(options));
        case Command::weights_verify: return run_weights_verify(resolve_weights_verify(options));
        case Command::weights_inspect: return run_weights_inspect(resolve_weights_inspect(options));
        case Command::merge: return run_merge(resolve_merge(options));
        case Command::weights_convert: return run_weights_convert(resolve_weights_convert(options));
        case Command::undo: return run_undo(resolve_undo(options));
    }
    return usage;
}

// A preview is smaller than what the camera saw, and the camera has chosen its colours.
void say_raw_previews() {
    const std::uint64_t count = raw_previews_decoded();
    if (count == 1) say("1 camera raw file: the JPEG preview inside it was used");
    if (count > 1) say(fmt::format("{} camera raw files: the JPEG preview inside each was used", count));
}

void say_passed_over() {
    const std::vector<std::string> names = passed_over();
    if (names.empty()) return;
    say(fmt::format("passed over what tools leave beside images: {}", fmt::join(names, ", ")));
}

void say_damaged_pictures() {
    const std::size_t count = damaged_pictures();
    if (count == 0) return;
    say(fmt::format("{} damaged image{} used as far as {} could be read: --damaged refuse makes {} an error",
                    count, count == 1 ? " was" : "s were", count == 1 ? "it" : "they",
                    count == 1 ? "it" : "each"));
}

// The parent process, often a shell, must see which signal ended the program.
int end_by_signal(int signal) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return 128 + signal;
}

// Messages of libraries may have many lines. The first one says what happened.
std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

}  // namespace

int run(const std::vector<std::string>& words) try {
    secure_standard_streams();
    const Options options = parse_command_line(words);
    const int status = dispatch(options);
    if (!options.quiet) {
        say_passed_over();
        say_raw_previews();
        say_damaged_pictures();
    }
    return status;
} catch (const UsageError& error) {
    say(fmt::format("{}\nTry 'imnet --help'.", error.what()));
    return usage;
} catch (const ModelError& error) {
    say(error.what());
    return model_rejected;
} catch (const OutputError& error) {
    say(error.what());
    return output_failed;
} catch (const ClosedPipe&) {
    return end_by_signal(SIGPIPE);
} catch (const Interrupted& interrupted) {
    return end_by_signal(interrupted.signal);
} catch (const std::bad_alloc&) {
    say("out of memory: use a smaller --batch or fewer --threads");
    return output_failed;
} catch (const std::exception& error) {
    say(first_line(error.what()));
    return output_failed;
}

}  // namespace imnet::app
