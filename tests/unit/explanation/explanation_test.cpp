#include "explanation/explanation.h"

#include <doctest/doctest.h>

#include "base/json.h"

using namespace imnet;

namespace {

const ClassNames class_names{{"hen", "n01514859"}, {"own class", ""}};

// A landscape photograph, of which the net saw the square in the middle, with two cells of heat.
Explanation landscape() {
    return {"a.jpg", {{0, 0.875F}, {2, 2, {0, 1, 0, 3}}}, 400, 200, {0.25, 0, 0.5, 1}};
}

}  // namespace

TEST_CASE("the text says class, probability and place in pixels of the photograph") {
    CHECK(explanation_text(landscape(), class_names) ==
          "a.jpg\n"
          "   87.50%  hen (n01514859)\n"
          "  hottest at 250, 150, centred at 250, 125 of 400 × 200 pixels\n");
}

TEST_CASE("without any heat there is no hottest place") {
    Explanation explanation = landscape();
    explanation.of_class = {{1, 0.01F}, {2, 2, {0, 0, 0, 0}}};
    CHECK(explanation_text(explanation, class_names) ==
          "a.jpg\n"
          "    1.00%  own class\n"
          "  no heat: no single part speaks for it\n");
    const auto object = Json::parse(explanation_json(explanation, class_names, "grad-cam"));
    CHECK(object.at("hottest").is_null());
    CHECK(object.at("centre").is_null());
}

TEST_CASE("JSON has the crop, the places and every cell") {
    CHECK(Json::parse(explanation_json(landscape(), class_names, "occlusion")) ==
          Json::parse(R"({"path":"a.jpg",
              "class":{"index":0,"wnid":"n01514859","label":"hen","prob":0.875},
              "method":"occlusion","width":400,"height":200,"crop":[100,0,200,200],
              "centre":[250,125],"hottest":[250,150],"heat":[[0,1],[0,3]]})"));
}
