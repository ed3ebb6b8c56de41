#include "evaluation/evaluation_report.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "base/json.h"
#include "base/utf8.h"
#include "evaluation/wilson.h"
#include "rows/csv_field.h"

namespace imnet {
namespace {

constexpr std::size_t most_pairs_in_text = 10;

double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string figure(std::string_view name, std::uint64_t right, std::uint64_t images) {
    if (images == 0) return fmt::format("{:<8} -\n", name);
    const Interval interval = wilson_interval(right, images);
    return fmt::format("{:<8} {:6.2f} %   {:.2f} to {:.2f} (95 %)   {} of {}\n", name,
                       100 * share(right, images), 100 * interval.low, 100 * interval.high, right, images);
}

std::string plural(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

// The pictures that do not count, and why.
std::string left_out(const Evaluation& evaluation, const EvaluationFacts& facts) {
    std::string text;
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count > 0) text += fmt::format("{:<8} {} {}\n", "", plural(count, "picture", "pictures"), what);
    };
    add(evaluation.failed(), "failed: neither right nor wrong");
    add(facts.unlabelled, "left out: without a label");
    add(facts.unknown, "left out: of classes that the model does not have");
    add(facts.missing, "that the list names not found");
    return text;
}

std::string shown_class(const ClassNames& class_names, int index) {
    const ClassName& class_name = class_names.at(static_cast<std::size_t>(index));
    const std::string name = sanitise_for_terminal(class_name.name);
    return class_name.wnid.empty() || class_name.wnid == class_name.name
               ? name
               : fmt::format("{} {}", sanitise_for_terminal(class_name.wnid), name);
}

// The classes that have pictures, by index.
std::vector<int> seen(const Evaluation& evaluation) {
    std::vector<int> indices;
    for (std::size_t index = 0; index < evaluation.classes().size(); ++index) {
        if (evaluation.classes()[index].images > 0) indices.push_back(static_cast<int>(index));
    }
    return indices;
}

const ClassCounts& counts_of(const Evaluation& evaluation, int index) {
    return evaluation.classes()[static_cast<std::size_t>(index)];
}

std::string class_table(const Evaluation& evaluation, const ClassNames& class_names) {
    std::vector<int> order = seen(evaluation);
    const auto accuracy = [&](int index) {
        const ClassCounts& counts = counts_of(evaluation, index);
        return share(counts.top1, counts.images);
    };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return accuracy(a) < accuracy(b); });
    std::string text =
        fmt::format("\n{:>8} {:>8} {:>8} {:>9}  class, the least accurate first\n", "top-1 %",
                    fmt::format("top-{} %", evaluation.predictions_needed()), "images", "predicted");
    for (const int index : order) {
        const ClassCounts& counts = counts_of(evaluation, index);
        text += fmt::format("{:8.2f} {:8.2f} {:8} {:9}  {}\n", 100 * share(counts.top1, counts.images),
                            100 * share(counts.top5, counts.images), counts.images, counts.predicted,
                            shown_class(class_names, index));
    }
    return text;
}

std::string pair_table(const Evaluation& evaluation, const ClassNames& class_names) {
    const std::vector<Confusion> pairs = evaluation.confusions();
    if (pairs.empty()) return "";
    std::string text = fmt::format("\n{:>8}  class, and what it was taken for most often\n", "images");
    for (std::size_t i = 0; i < std::min(pairs.size(), most_pairs_in_text); ++i) {
        text += fmt::format("{:8}  {} → {}\n", pairs[i].images, shown_class(class_names, pairs[i].target),
                            shown_class(class_names, pairs[i].predicted));
    }
    if (pairs.size() > most_pairs_in_text)
        text += fmt::format("{:8}  {} more pairs: --format json has all\n", "",
                            pairs.size() - most_pairs_in_text);
    return text;
}

std::string valid(const std::string& text) { return replace_invalid_utf8(text); }

Json class_object(const ClassNames& class_names, int index) {
    const ClassName& class_name = class_names.at(static_cast<std::size_t>(index));
    Json object{{"index", index}};
    if (!class_name.wnid.empty()) object["wnid"] = valid(class_name.wnid);
    object["label"] = valid(class_name.name);
    return object;
}

Json figure_object(std::uint64_t right, std::uint64_t images) {
    const Interval interval = wilson_interval(right, images);
    Json object{
        {"right", right}, {"share", share(right, images)}, {"low", interval.low}, {"high", interval.high}};
    if (images == 0) object["share"] = nullptr;
    return object;
}

Json facts_object(const Evaluation& evaluation, const EvaluationFacts& facts) {
    return {{"data", valid(facts.data)},
            {"model", valid(facts.model)},
            {"weights", valid(facts.weights)},
            {"engine", valid(facts.engine)},
            {"device", valid(facts.device)},
            {"precision", facts.precision},
            {"recipe", facts.recipe},
            {"mapping", facts.mapping},
            {"classes_of_model", evaluation.classes().size()},
            {"classes_evaluated", evaluation.classes_seen()},
            {"images", evaluation.images()},
            {"failed", evaluation.failed()},
            {"unlabelled", facts.unlabelled},
            {"unknown", facts.unknown},
            {"missing", facts.missing}};
}

Json classes_array(const Evaluation& evaluation, const ClassNames& class_names) {
    Json array = Json::array();
    for (const int index : seen(evaluation)) {
        const ClassCounts& counts = counts_of(evaluation, index);
        Json object = class_object(class_names, index);
        object["images"] = counts.images;
        object["top1"] = figure_object(counts.top1, counts.images);
        object["top5"] = figure_object(counts.top5, counts.images);
        object["predicted"] = counts.predicted;
        array.push_back(std::move(object));
    }
    return array;
}

Json calibration_array(const Evaluation& evaluation) {
    Json array = Json::array();
    for (std::size_t i = 0; i < evaluation.calibration().size(); ++i) {
        const CalibrationBin& bin = evaluation.calibration()[i];
        const auto images = static_cast<double>(std::max<std::uint64_t>(1, bin.images));
        array.push_back(Json{{"above", static_cast<double>(i) / Evaluation::calibration_bins},
                             {"up_to", static_cast<double>(i + 1) / Evaluation::calibration_bins},
                             {"images", bin.images},
                             {"accuracy", share(bin.right, bin.images)},
                             {"confidence", bin.confidence / images}});
    }
    return array;
}

}  // namespace

std::string evaluation_summary(const Evaluation& evaluation, const EvaluationFacts& facts) {
    const auto all = static_cast<int>(evaluation.classes().size());
    std::string text = fmt::format(
        "{:<8} {}, {}\n{:<8} {}, {}, {}\n{:<8} {}, {}; {}\n", "data", sanitise_for_terminal(facts.data),
        plural(evaluation.images(), "image", "images"), "model", facts.model,
        sanitise_for_terminal(facts.weights), plural(evaluation.classes().size(), "class", "classes"),
        "engine", facts.engine, facts.precision, facts.recipe);
    text += fmt::format("{:<8} {}", "labels", facts.mapping);
    if (evaluation.classes_seen() < all) {
        text += fmt::format("; images of {} of the model's {} classes, answers among all {}",
                            evaluation.classes_seen(), all, all);
    }
    text += '\n' + left_out(evaluation, facts);
    text += figure("top-1", evaluation.top1(), evaluation.images());
    text += figure(fmt::format("top-{}", evaluation.predictions_needed()), evaluation.top5(),
                   evaluation.images());
    if (evaluation.images() == 0) return text;
    text += fmt::format("{:<8} {:6.2f} %   mean of the classes' top-1\n", "classes",
                        100 * evaluation.mean_class_accuracy());
    return text + fmt::format("{:<8} {:6.4f}     expected calibration error, {} bins\n", "ece",
                              evaluation.expected_calibration_error(), Evaluation::calibration_bins);
}

std::string evaluation_text(const Evaluation& evaluation, const ClassNames& class_names,
                            const EvaluationFacts& facts) {
    std::string text = evaluation_summary(evaluation, facts);
    if (evaluation.images() == 0) return text;
    return text + class_table(evaluation, class_names) + pair_table(evaluation, class_names);
}

std::string evaluation_json(const Evaluation& evaluation, const ClassNames& class_names,
                            const EvaluationFacts& facts) {
    Json object = facts_object(evaluation, facts);
    object["top1"] = figure_object(evaluation.top1(), evaluation.images());
    object["top5"] = figure_object(evaluation.top5(), evaluation.images());
    object["top5_counts"] = evaluation.predictions_needed();
    object["mean_class_accuracy"] = evaluation.mean_class_accuracy();
    object["expected_calibration_error"] = evaluation.expected_calibration_error();
    object["classes"] = classes_array(evaluation, class_names);
    Json confused = Json::array();
    for (const Confusion& pair : evaluation.confusions()) {
        confused.push_back(Json{{"truth", class_object(class_names, pair.target)},
                                {"predicted", class_object(class_names, pair.predicted)},
                                {"images", pair.images}});
    }
    object["confused"] = std::move(confused);
    object["calibration"] = calibration_array(evaluation);
    return object.dump(2) + '\n';
}

std::string evaluation_csv(const Evaluation& evaluation, const ClassNames& class_names) {
    std::string text = "index,wnid,label,images,top1,top5,predicted,accuracy,low,high\r\n";
    for (const int index : seen(evaluation)) {
        const ClassCounts& counts = counts_of(evaluation, index);
        const ClassName& class_name = class_names.at(static_cast<std::size_t>(index));
        const Interval interval = wilson_interval(counts.top1, counts.images);
        text += fmt::format("{},{},{},{},{},{},{},{},{},{}\r\n", index, csv_field(class_name.wnid),
                            csv_field(class_name.name), counts.images, counts.top1, counts.top5,
                            counts.predicted, share(counts.top1, counts.images), interval.low, interval.high);
    }
    return text;
}

}  // namespace imnet
