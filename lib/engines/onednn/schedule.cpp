#include "engines/onednn/schedule.h"

#include <algorithm>
#include <bit>

namespace imnet {
namespace {

constexpr int most_images = 8;  // at a time; measured: more is not faster

// Memory that several values use one after another: a sum reuses the memory of its residual.
struct Storage {
    std::size_t first = 0;  ///< step that writes it first
    std::size_t last = 0;   ///< step that reads it last
    std::size_t bytes = 0;  ///< of one image
    int buffer = -1;
};

class Scheduling {
public:
    Scheduling(const FusedNet& net, const std::vector<std::size_t>& value_bytes, int batch,
               std::size_t working_set)
        : steps_(net.steps),
          value_bytes_(value_bytes),
          batch_(batch),
          working_set_(working_set),
          storage_of_(value_bytes.size(), -1) {}

    Schedule run() {
        find_storages();
        for (Section section : cuttable_sections()) {
            section.images = images_at_a_time(section);
            // Two sections with the same number of images are joined: each group of images runs through both.
            if (!schedule_.sections.empty() && schedule_.sections.back().images == section.images) {
                schedule_.sections.back().last = section.last;
            } else {
                schedule_.sections.push_back(section);
            }
        }
        place();
        schedule_.buffer_of.assign(value_bytes_.size(), -1);
        for (std::size_t value = 0; value < value_bytes_.size(); ++value) {
            if (storage_of_[value] >= 0) {
                schedule_.buffer_of[value] = storages_[static_cast<std::size_t>(storage_of_[value])].buffer;
            }
        }
        return std::move(schedule_);
    }

private:
    std::vector<std::size_t> last_reads() const {
        std::vector<std::size_t> last(value_bytes_.size(), 0);
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            last[static_cast<std::size_t>(steps_[i].input)] = i;
            if (steps_[i].residual >= 0) last[static_cast<std::size_t>(steps_[i].residual)] = i;
        }
        return last;
    }

    void find_storages() {
        const std::vector<std::size_t> last_read = last_reads();
        for (std::size_t i = 0; i + 1 < steps_.size(); ++i) {  // the last step writes the logits
            const auto output = static_cast<std::size_t>(steps_[i].output);
            const int residual = steps_[i].residual;
            const int shared = residual > 0 ? storage_of_[static_cast<std::size_t>(residual)] : -1;
            if (shared >= 0 && last_read[static_cast<std::size_t>(residual)] == i) {
                storage_of_[output] = shared;
            } else {
                storage_of_[output] = static_cast<int>(storages_.size());
                storages_.push_back({i, i, 0, -1});
            }
            Storage& storage = storages_[static_cast<std::size_t>(storage_of_[output])];
            storage.last = std::max(storage.last, last_read[output]);
            storage.bytes = std::max(storage.bytes, value_bytes_[output]);
        }
    }

    // The net can be divided after a step if only the output of that step is still needed.
    std::vector<Section> cuttable_sections() const {
        std::vector<Section> sections;
        std::size_t begin = 0;
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            const auto crosses =
                std::count_if(storages_.begin(), storages_.end(),
                              [&](const Storage& storage) { return storage.first <= i && storage.last > i; });
            const int written = storage_of_[static_cast<std::size_t>(steps_[i].output)];
            const bool ends =
                i + 1 == steps_.size() || (crosses == 1 && written >= 0 && is_only_read_after(written, i));
            if (!ends) continue;
            sections.push_back({begin, i + 1, 1});
            begin = i + 1;
        }
        return sections;
    }

    bool is_only_read_after(int storage, std::size_t step) const {
        for (std::size_t i = step + 1; i < steps_.size(); ++i) {
            if (storage_of_[static_cast<std::size_t>(steps_[i].output)] == storage) return false;
        }
        return storages_[static_cast<std::size_t>(storage)].last > step;
    }

    // The largest power of two with which the steps of the section stay, on average, within the
    // working set: the first step of a stage alone reads larger images than the others.
    int images_at_a_time(const Section& section) const {
        std::size_t bytes = 0;
        for (std::size_t i = section.first; i < section.last; ++i) {
            bytes += value_bytes_[static_cast<std::size_t>(steps_[i].input)] +
                     value_bytes_[static_cast<std::size_t>(steps_[i].output)];
        }
        const std::size_t average = bytes / (section.last - section.first);
        const std::size_t fitting =
            std::max<std::size_t>(1, working_set_ / std::max<std::size_t>(1, average));
        const auto most = static_cast<std::size_t>(std::min(batch_, most_images));
        return static_cast<int>(std::bit_floor(std::min(fitting, most)));
    }

    std::size_t section_of(std::size_t step) const {
        std::size_t section = 0;
        while (schedule_.sections[section].last <= step) ++section;
        return section;
    }

    // Storages take the first free buffer, in the order in which they are written.
    void place() {
        std::vector<std::size_t> free_after;  // by buffer: the last step that reads it
        for (Storage& storage : storages_) {
            const std::size_t section = section_of(storage.first);
            const bool whole_batch = section_of(storage.last) != section;
            const auto images =
                static_cast<std::size_t>(whole_batch ? batch_ : schedule_.sections[section].images);
            std::size_t chosen = 0;
            while (chosen < free_after.size() &&
                   (schedule_.buffers[chosen].whole_batch != whole_batch ||
                    free_after[chosen] >= first_busy(storage, section, whole_batch))) {
                ++chosen;
            }
            if (chosen == free_after.size()) {
                free_after.push_back(0);
                schedule_.buffers.push_back({0, whole_batch});
            }
            storage.buffer = static_cast<int>(chosen);
            free_after[chosen] = last_busy(storage, whole_batch);
            Buffer& buffer = schedule_.buffers[chosen];
            buffer.bytes = std::max(buffer.bytes, storage.bytes * images);
        }
    }

    // All images pass through a section before the next section starts. A buffer that holds the whole batch
    // is therefore busy from the start of the section that writes it to the end of the one that reads it.
    std::size_t first_busy(const Storage& storage, std::size_t section, bool whole_batch) const {
        return whole_batch ? schedule_.sections[section].first : storage.first;
    }
    std::size_t last_busy(const Storage& storage, bool whole_batch) const {
        return whole_batch ? schedule_.sections[section_of(storage.last)].last - 1 : storage.last;
    }

    const std::vector<FusedStep>& steps_;
    const std::vector<std::size_t>& value_bytes_;
    int batch_;
    std::size_t working_set_;
    std::vector<int> storage_of_;  ///< by value
    std::vector<Storage> storages_;
    Schedule schedule_;
};

}  // namespace

Schedule schedule(const FusedNet& net, const std::vector<std::size_t>& value_bytes, int batch,
                  std::size_t working_set) {
    return Scheduling(net, value_bytes, batch, working_set).run();
}

}  // namespace imnet
