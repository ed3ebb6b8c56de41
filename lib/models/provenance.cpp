#include "models/provenance.h"

#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/mapped_file.h"
#include "base/sha256.h"
#include "checkpoints/checkpoint.h"

namespace imnet {

namespace fs = std::filesystem;

std::string weights_sha256(const Provenance& provenance) {
    if (provenance.path.empty()) return provenance.weights;
    const std::vector<fs::path> files = checkpoint_files(provenance.path);
    if (files.size() == 1) return sha256(MappedFile(files.front()).bytes());
    std::string sums;
    for (const fs::path& file : files) {
        sums += fmt::format("{}  {}\n", sha256(MappedFile(file).bytes()), file.filename().native());
    }
    return sha256(std::string_view(sums));
}

ParentWeights parent_weights(const Provenance& provenance) {
    const fs::path path(provenance.weights);  // a folder's may end in a slash
    return {(path.has_filename() ? path : path.parent_path()).filename().native(),
            provenance.path.empty() ? "" : weights_sha256(provenance)};
}

}  // namespace imnet
