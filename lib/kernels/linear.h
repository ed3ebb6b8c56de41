#pragma once

namespace imnet {

/// y = W x + b for each image: x [images, in], W [out, in] as the checkpoint holds it, b [out],
/// y [images, out], all float32. The order of each sum does not depend on the number of
/// images.
void linear(const float* x, int images, int in, const float* weight, const float* bias, int out, float* y);

}  // namespace imnet
