#pragma once

namespace imnet {

/// What one epoch gave.
struct CurvePoint {
    int epoch = 0;  ///< from 1
    double learning_rate = 0;
    double train_loss = 0;
    double validation_loss = 0;
    double top1 = 0;  ///< from 0 to 1
    double top5 = 0;
    double seconds = 0;
};

}  // namespace imnet
