#include "cli/say.h"

#include <cstdio>

#include <fmt/format.h>

namespace imnet::app {

void say(const std::string& message) { fmt::print(stderr, "imnet: {}\n", message); }

void say(std::span<const ModelNote> notes, bool quiet) {
    for (const ModelNote& note : notes) {
        if (!quiet || note.kind == ModelNote::Kind::warning) say(note.text);
    }
}

}  // namespace imnet::app
