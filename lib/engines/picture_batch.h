#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/errors.h"
#include "engines/engine.h"
#include "inputs/input.h"
#include "preprocess/pixel_loader.h"

namespace imnet {

/// Takes pictures through a net, a batch at a time. It belongs to the thread of its worker; its memory is
/// reused from batch to batch.
class PictureBatch {
public:
    /// A net with that many outputs for each picture.
    PictureBatch(std::unique_ptr<Worker> worker, PixelLoader loader, std::size_t outputs);

    /// Reads, decodes and preprocesses inputs → [n, image_size, image_size, 3], where n leaves out the
    /// pictures that fail. Bytes that can be read only once stay with their input, for another `load`.
    void load(std::span<Input> inputs);

    /// Runs the net on the loaded pictures → [n, outputs]. The batch is filled up with zeros to `at_least`
    /// pictures, unless none was loaded.
    void run(std::size_t at_least = 0);

    /// The outputs of one of the inputs of `load`, valid until the next `load`; or why it failed.
    Expected<std::span<const float>> outputs_of(std::size_t input) const;

    /// What is wrong with the picture of one of the inputs of `load`; empty if nothing is.
    const std::string& damage_of(std::size_t input) const { return damage_[input]; }

    /// Frees memory that the next batch would reuse.
    void release_memory();

private:
    std::unique_ptr<Worker> worker_;
    PixelLoader loader_;
    std::size_t picture_bytes_;
    std::size_t outputs_each_;
    std::vector<Expected<std::size_t>> places_;  ///< of each input in the batch
    std::vector<std::string> damage_;            ///< of each input
    std::size_t loaded_ = 0;
    std::vector<std::byte> pixels_;
    std::vector<float> outputs_;
};

}  // namespace imnet
