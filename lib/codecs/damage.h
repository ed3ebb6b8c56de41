#pragma once

#include "codecs/codec.h"

namespace imnet {

/// The picture, or its damage as an error (`decode`) where the policy does not accept it.
Expected<DecodedImage> judged(DecodedImage picture, DamagePolicy policy);

}  // namespace imnet
