#include "cli/say.h"

#include <fmt/format.h>

#include "base/standard_streams.h"

namespace imnet::app {

void say(const std::string& message) { print_for_people(fmt::format("imnet: {}\n", message)); }

void say(std::span<const ModelNote> notes, bool quiet) {
    for (const ModelNote& note : notes) {
        if (!quiet || note.kind == ModelNote::Kind::warning) say(note.text);
    }
}

}  // namespace imnet::app
