#include "checkpoints/averaged_names.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("names of averaged weights are told from those of trained ones") {
    for (const char* name : {"model_ema", "ema_model.", "teacher", "module.encoder_k.", "momentum_encoder.",
                             "target_network_state_dict", "averaged_model"})
        CHECK(names_average(name));
    for (const char* name :
         {"", "model", "student", "module.encoder_q.", "online_network.", "schema.", "kernel"})
        CHECK_FALSE(names_average(name));
}
