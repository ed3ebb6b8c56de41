#include "engines/trainer.h"

#include "engines/module.h"

namespace imnet {

std::unique_ptr<Trainer> open_trainer(const Architecture& architecture, const Parameters& parameters,
                                      const TrainerOptions& options) {
    auto* open = reinterpret_cast<OpenTrainer*>(module_function(EngineKind::torch, open_trainer_symbol));
    return std::unique_ptr<Trainer>(open(architecture, parameters, options));
}

}  // namespace imnet
