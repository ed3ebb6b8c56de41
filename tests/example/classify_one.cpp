// A whole program: prints what the model that comes with imnet sees in one picture.
#include <cstdio>

#include "classifier.h"

int main(int count, char** words) {
    if (count != 2) return std::puts("Usage: classify_one PICTURE"), 2;
    const imnet::Model model = imnet::load_model({.architecture = "efficientnet_lite2"});
    const imnet::Classifier classifier = imnet::open_classifier(model);
    const auto predictions = imnet::classify_picture(classifier, words[1]);
    if (!predictions) return std::puts(predictions.error().message.c_str()), 1;
    for (const imnet::Prediction& prediction : *predictions)
        std::printf("%.3f  %s\n", prediction.probability, model.class_names[prediction.index].name.c_str());
}
