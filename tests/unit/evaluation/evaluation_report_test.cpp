#include "evaluation/evaluation_report.h"

#include <doctest/doctest.h>

#include "base/json.h"

using namespace imnet;

namespace {

const ClassNames pets{{"cat", "n1"}, {"dog, small", "n2"}, {"fox\n", ""}};
const EvaluationFacts facts{.data = "pets",
                            .model = "resnet18",
                            .weights = "pets.pth",
                            .engine = "oneDNN 3.2.0",
                            .device = "cpu",
                            .precision = "fp32",
                            .recipe = "resize 256, crop 224, bilinear",
                            .mapping = "2 by name",
                            .unlabelled = 1};

Row answer(int first, int second, int third) {
    return {"a.jpg", std::vector<Prediction>{{first, 0.5F}, {second, 0.3F}, {third, 0.2F}}};
}

// Two of three cats are right, the dog is predicted as a fox, and there is no fox.
Evaluation some_pets() {
    Evaluation evaluation(3);
    evaluation.add(answer(0, 1, 2), 0);
    evaluation.add(answer(0, 1, 2), 0);
    evaluation.add(answer(1, 0, 2), 0);
    evaluation.add(answer(2, 1, 0), 1);
    evaluation.add_failed();
    return evaluation;
}

}  // namespace

TEST_CASE("the text has the figures, the pictures that do not count, and the confused pairs") {
    CHECK(evaluation_text(some_pets(), pets, facts) ==
          R"(data     pets, 4 images
model    resnet18, pets.pth, 3 classes
engine   oneDNN 3.2.0, fp32; resize 256, crop 224, bilinear
labels   2 by name; images of 2 of the model's 3 classes, answers among all 3
         1 picture failed: neither right nor wrong
         1 picture left out: without a label
top-1     50.00 %   15.00 to 85.00 (95 %)   2 of 4
top-3    100.00 %   51.01 to 100.00 (95 %)   4 of 4
classes   33.33 %   mean of the classes' top-1
ece      0.0000     expected calibration error, 15 bins

 top-1 %  top-3 %   images predicted  class, the least accurate first
    0.00   100.00        1         1  n2 dog, small
   66.67   100.00        3         2  n1 cat

  images  class, and what it was taken for most often
       1  n1 cat → n2 dog, small
       1  n2 dog, small → fox?
)");
}

TEST_CASE("the JSON object has every figure") {
    const auto object = Json::parse(evaluation_json(some_pets(), pets, facts));
    CHECK(object.at("images") == 4);
    CHECK(object.at("failed") == 1);
    CHECK(object.at("unlabelled") == 1);
    CHECK(object.at("classes_of_model") == 3);
    CHECK(object.at("classes_evaluated") == 2);
    CHECK(object.at("mapping") == "2 by name");
    CHECK(object.at("top1").at("right") == 2);
    CHECK(object.at("top1").at("share") == 0.5);
    CHECK(object.at("top1").at("low").get<double>() == doctest::Approx(0.15).epsilon(1e-3));
    CHECK(object.at("top5_counts") == 3);
    CHECK(object.at("expected_calibration_error") == 0);
    CHECK(object.at("classes").size() == 2);
    CHECK(object.at("classes").at(0).at("wnid") == "n1");
    CHECK(object.at("classes").at(0).at("top1").at("right") == 2);
    CHECK(object.at("classes").at(1).at("label") == "dog, small");
    CHECK(object.at("confused").size() == 2);
    CHECK(object.at("confused").at(1).at("predicted").at("label") == "fox\n");
    CHECK_FALSE(object.at("confused").at(1).at("predicted").contains("wnid"));
    CHECK(object.at("calibration").size() == 15);
    CHECK(object.at("calibration").at(7).at("images") == 4);
    CHECK(object.at("calibration").at(7).at("accuracy") == 0.5);
    CHECK(object.at("calibration").at(7).at("confidence") == 0.5);
}

TEST_CASE("the table has a line for each class with pictures") {
    const std::string table = evaluation_csv(some_pets(), pets);
    CHECK(table.starts_with(
        "index,wnid,label,images,top1,top5,predicted,accuracy,low,high\r\n0,n1,cat,3,2,3,2,0.6666"));
    CHECK(table.find("\r\n1,n2,\"dog, small\",1,0,1,1,0,0,0.79") != std::string::npos);
    CHECK(table.find("fox") == std::string::npos);
}

TEST_CASE("there are no figures where all pictures failed") {
    Evaluation evaluation(3);
    evaluation.add_failed();
    const std::string text = evaluation_text(evaluation, pets, facts);
    CHECK(text.find("top-1    -\n") != std::string::npos);
    CHECK(text.find("1 picture failed") != std::string::npos);
    CHECK(Json::parse(evaluation_json(evaluation, pets, facts)).at("top1").at("share").is_null());
}
