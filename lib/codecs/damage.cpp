#include "codecs/damage.h"

#include <utility>

namespace imnet {

Expected<DecodedImage> judged(DecodedImage picture, DamagePolicy policy) {
    if (!picture.damage || policy == DamagePolicy::keep) return picture;
    if (policy == DamagePolicy::as_pillow && picture.damage->pillow_reads) return picture;
    return input_error(InputErrorKind::decode, std::move(picture.damage->message));
}

}  // namespace imnet
