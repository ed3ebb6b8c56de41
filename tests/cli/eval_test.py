"""imnet eval: the figures are compared with those that this test computes from the rows of imnet."""
import collections
import csv
import io
import json
import math
import os
import shutil
import statistics
import struct
import tarfile

import pytest

import checkpoints
from program import imnet
from small_net import CLASSES, write_pictures
from small_net import net as small_net  # noqa: F401

NAMES = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu"]
SHARPER = 300
QUIET = ("-q", "--threads", "2")


@pytest.fixture(scope="module")
def net(small_net, tmp_path_factory):
    """The small net with a head that makes its predictions differ between images: the logits minus their mean over
    some images, scaled up."""
    folder = tmp_path_factory.mktemp("sharp") / "net"
    shutil.copytree(small_net, folder)
    pictures = write_pictures(tmp_path_factory.mktemp("some") / "pictures", 40, seed=99)
    done = imnet(*QUIET, "--weights", small_net, "-k", str(CLASSES), "--format", "jsonl", pictures)
    answers = [row["top"] for row in map(json.loads, done.stdout.splitlines()) if "top" in row]
    means = [statistics.mean(math.log(label["prob"]) for top in answers for label in top if label["index"] == index)
             for index in range(CLASSES)]
    with open(folder / "model.safetensors", "r+b") as file:
        size, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        for name, shift in (("fc.weight", [0] * CLASSES * 512), ("fc.bias", means)):
            begin, end = header[name]["data_offsets"]
            file.seek(8 + size + begin)
            values = struct.unpack(f"<{len(shift)}f", file.read(end - begin))
            file.seek(8 + size + begin)
            file.write(struct.pack(f"<{len(shift)}f", *(SHARPER * (a - b) for a, b in zip(values, shift))))
    return folder


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    file = tmp_path_factory.mktemp("names") / "names.txt"
    file.write_text("\n".join(NAMES) + "\n")
    return file


@pytest.fixture(scope="module")
def data(net, names, tmp_path_factory):
    """A folder for each class but the last. It has images that the net predicts as this class, others, and some files
    that are not images."""
    root = tmp_path_factory.mktemp("data")
    flat = write_pictures(tmp_path_factory.mktemp("flat") / "pictures", 66)
    done = imnet(*QUIET, "--weights", net, "-k", "7", "--format", "jsonl", flat)
    for number, row in enumerate(map(json.loads, done.stdout.splitlines())):
        order = [label["index"] for label in row.get("top", [{"index": 0}])]
        rank = [0, 0, 3, 0, 6, 1][number % 6]
        name = NAMES[min(order[rank % len(order)], 5)]
        (root / name).mkdir(exist_ok=True)
        (root / name / os.path.basename(row["path"])).write_bytes(open(row["path"], "rb").read())
    assert sorted(os.listdir(root)) == NAMES[:-1]
    return root


def evaluate(net, names, *more, **keywords):
    return imnet("eval", *QUIET, "--weights", net, "--labels", names, *more, **keywords)


def figures(net, names, *more):
    done = evaluate(net, names, "--format", "json", *more)
    assert done.stdout, done.stderr
    return json.loads(done.stdout), done


@pytest.fixture(scope="module")
def rows(net, names, data):
    """(target, path, predicted indices in order, probabilities) of all images that can be decoded."""
    done = imnet(*QUIET, "--weights", net, "--labels", names, "-k", str(CLASSES), "--format", "jsonl", data)
    parsed = [json.loads(line) for line in done.stdout.splitlines()]
    return [(NAMES.index(row["path"].split("/")[-2]), row["path"], [label["index"] for label in row["top"]],
             [label["prob"] for label in row["top"]]) for row in parsed if "top" in row]


def wilson(right, count, z=1.959963984540054):
    """The roots of (p - right/count)² = z² p(1 - p)/count, by bisection."""
    def outside(p):
        return (p - right / count) ** 2 > z * z * p * (1 - p) / count

    def bound(far, near):
        for _ in range(200):
            middle = (far + near) / 2
            far, near = (middle, near) if outside(middle) else (far, middle)
        return far
    return bound(0.0, right / count), bound(1.0, right / count)


def calibration_error(rows, bins=15):
    total = 0
    for number in range(bins):
        inside = [(truth == top[0], prob[0]) for truth, _, top, prob in rows
                  if number / bins < prob[0] <= (number + 1) / bins]
        if inside:
            total += abs(sum(right for right, _ in inside) - sum(prob for _, prob in inside))
    return total / len(rows)


def test_the_figures_agree_with_the_rows(net, names, data, rows):
    found, done = figures(net, names, data)
    assert done.returncode == 1  # six files are not images
    right = sum(truth == top[0] for truth, _, top, _ in rows)
    among_five = sum(truth in top[:5] for truth, _, top, _ in rows)
    assert 10 < right < among_five < len(rows) - 4  # neither all right nor all wrong
    assert (found["images"], found["failed"]) == (len(rows), 6) == (60, 6)
    assert (found["top1"]["right"], found["top5"]["right"]) == (right, among_five)
    for key, count in (("top1", right), ("top5", among_five)):
        assert found[key]["share"] == pytest.approx(count / len(rows))
        assert (found[key]["low"], found[key]["high"]) == pytest.approx(wilson(count, len(rows)))
    assert found["expected_calibration_error"] == pytest.approx(calibration_error(rows), abs=1e-6)
    assert sum(entry["images"] for entry in found["calibration"]) == len(rows)
    assert sum(entry["images"] > 0 for entry in found["calibration"]) > 5

    by_class = collections.Counter(truth for truth, *_ in rows)
    right_by_class = collections.Counter(truth for truth, _, top, _ in rows if truth == top[0])
    predicted = collections.Counter(top[0] for _, _, top, _ in rows)
    assert [entry["index"] for entry in found["classes"]] == sorted(by_class)
    for entry in found["classes"]:
        index = entry["index"]
        assert entry["label"] == NAMES[index] and entry["images"] == by_class[index]
        assert entry["top1"]["right"] == right_by_class[index] and entry["predicted"] == predicted[index]
    assert found["mean_class_accuracy"] == pytest.approx(
        sum(right_by_class[index] / by_class[index] for index in by_class) / len(by_class))

    confused = collections.Counter((truth, top[0]) for truth, _, top, _ in rows if truth != top[0])
    assert {(pair["truth"]["index"], pair["predicted"]["index"]): pair["images"]
            for pair in found["confused"]} == confused
    counts = [pair["images"] for pair in found["confused"]]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("more", [("--threads", "1"), ("--batch", "3"), ("--engine", "torch")])
def test_the_figures_do_not_depend_on_threads_batch_or_engine(net, names, data, more):
    plain, _ = figures(net, names, data)
    other, _ = figures(net, names, data, *more)
    assert other["top1"] == plain["top1"] and other["confused"] == plain["confused"]
    assert other["expected_calibration_error"] == pytest.approx(plain["expected_calibration_error"], abs=1e-5)


def test_a_failed_image_is_named_and_counts_neither_as_right_nor_as_wrong(net, names, data):
    done = evaluate(net, names, data)
    assert done.returncode == 1
    named = [line.split(":")[1].split("/")[-1] for line in done.stderr.decode().splitlines()]
    assert sorted(named) == [f"{number:05}.ppm" for number in range(7, 66, 11)]
    assert "6 pictures failed: neither right nor wrong" in done.stdout.decode()


def test_the_text_names_the_data_and_the_classes(net, names, data):
    text = evaluate(net, names, data).stdout.decode()
    assert f"{data}, 60 images" in text
    assert "6 by name; images of 6 of the model's 7 classes, answers among all 7" in text
    for name in NAMES[:-1]:
        assert f"  {name}\n" in text


def test_csv_has_the_classes_of_json(net, names, data):
    found, _ = figures(net, names, data)
    table = list(csv.DictReader(io.StringIO(evaluate(net, names, "--format", "csv", data).stdout.decode())))
    assert [(int(row["index"]), row["label"], int(row["images"]), int(row["top1"]), int(row["top5"]),
             int(row["predicted"]), float(row["accuracy"])) for row in table] == \
        [(entry["index"], entry["label"], entry["images"], entry["top1"]["right"], entry["top5"]["right"],
          entry["predicted"], entry["top1"]["share"]) for entry in found["classes"]]


@pytest.mark.parametrize("null", [False, True])
def test_wrong_prints_the_misclassified_paths(net, names, data, rows, null):
    done = evaluate(net, names, "--wrong", *(["-0"] if null else []), data)
    wrong = [path for truth, path, top, _ in rows if truth != top[0]]
    assert done.stdout.decode().split("\0" if null else "\n") == [*wrong, ""]
    loud = imnet("eval", "--weights", net, "--labels", names, "--wrong", data)
    assert loud.stdout == evaluate(net, names, "--wrong", data).stdout
    assert b"top-1" in loud.stderr


def test_the_output_file_appears_when_it_is_complete(net, names, data, tmp_path):
    done = evaluate(net, names, "--format", "json", "-o", tmp_path / "figures.json", data)
    assert done.stdout == b"" and os.listdir(tmp_path) == ["figures.json"]
    assert json.loads((tmp_path / "figures.json").read_text()) == figures(net, names, data)[0]


# Targets from folders

def folders(root, *names, pictures=2):
    for number, name in enumerate(names):
        write_pictures(root / name, pictures, seed=number)
    return root


def classes_found(net, names, *more):
    return [entry["index"] for entry in figures(net, names, *more)[0]["classes"]]


def test_folders_may_be_named_by_index_or_by_class_name_in_any_case(net, names, tmp_path):
    assert classes_found(net, names, folders(tmp_path, "0", "DOG", "6")) == [0, 3, 6]


def test_unknown_targets_are_refused_by_name(net, names, tmp_path):
    root = folders(tmp_path, "ant", "yak", "zebu", "7")
    done = evaluate(net, names, root)
    assert done.returncode == 3 and done.stdout == b""
    assert "no class for 3 of the 4 labels: 7, yak, zebu" in done.stderr.decode()
    assert "--skip-unknown" in done.stderr.decode()

    found, done = figures(net, names, "--skip-unknown", root)
    assert done.returncode == 0 and (found["images"], found["unknown"]) == (2, 6)
    loud = imnet("eval", "--weights", net, "--labels", names, "--skip-unknown", root).stderr.decode()
    assert "6 pictures left out: the model has no class for 3 of the 4 labels (7, yak, zebu)" in loud


def test_skip_unknown_is_refused_if_no_target_is_known(net, names, tmp_path):
    done = evaluate(net, names, "--skip-unknown", folders(tmp_path, "yak", "zebu"))
    assert done.returncode == 3 and b"none fits" in done.stderr


def test_a_class_name_that_is_a_number_goes_before_an_index(net, tmp_path):
    digits = tmp_path / "digits.txt"
    digits.write_text("0\n1\n10\n2\n3\n4\n5\n")  # in the order of names, as torchvision's ImageFolder has them
    root = folders(tmp_path / "data", "3", "10", "2") if (tmp_path / "data").mkdir() is None else None
    assert classes_found(net, digits, root) == [2, 3, 4]
    assert figures(net, digits, root)[0]["mapping"] == "3 by name"
    # No class is called "6". As other classes are called by numbers, it is not taken for an index either.
    done = evaluate(net, digits, folders(root, "6"))
    assert done.returncode == 3 and b"no class for 1 of the 4 labels: 6" in done.stderr
    # --numbers index says that numbers are indices.
    assert classes_found(net, digits, "--numbers", "index", "--skip-unknown", root) == [2, 3, 6]


def test_a_name_of_two_classes_is_refused(net, tmp_path):
    cranes = tmp_path / "names.txt"
    cranes.write_text("crane\ncrane\nc\nd\ne\nf\ng\n")
    (tmp_path / "data").mkdir()
    done = evaluate(net, cranes, folders(tmp_path / "data", "crane", "c"))
    assert done.returncode == 3 and b"more than one class of the model: crane" in done.stderr


def test_class_names_and_wnids_come_from_the_metadata(tmp_path):
    def with_names(header):
        return {"__metadata__": {"class_names": json.dumps(["lion", "timber wolf"]),
                                 "wnids": json.dumps(["n02129165", "n02114367"])}, **header}
    model = checkpoints.write(tmp_path / "cats.safetensors", list(checkpoints.resnet18(2)), with_names)
    (tmp_path / "data").mkdir()
    root = folders(tmp_path / "data", "n02114367", "lion")
    done = imnet("eval", *QUIET, "--weights", model, "--format", "json", root)
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert found["mapping"] == "1 by name, 1 by wnid" and found["top5_counts"] == 2
    assert [(entry["wnid"], entry["images"]) for entry in found["classes"]] == [("n02129165", 2), ("n02114367", 2)]
    assert found["top5"]["right"] == 4
    assert b"top-2" in imnet("eval", *QUIET, "--weights", model, root).stdout


def test_folders_may_be_named_by_some_of_imagenets_wnids(tmp_path):
    root = folders(tmp_path, "n01440764", "n01443537", pictures=1)
    done = imnet("eval", "--no-weights", "--model", "resnet18", root)
    assert done.returncode == 0 and b"predictions mean nothing" in done.stderr
    assert "2 by wnid; images of 2 of the model's 1000 classes, answers among all 1000" in done.stdout.decode()


def test_images_in_no_folder_are_left_out_and_counted(net, names, tmp_path):
    root = folders(tmp_path, "ant")
    write_pictures(root, 2)
    found, done = figures(net, names, root)
    assert done.returncode == 0 and (found["images"], found["unlabelled"]) == (2, 2)
    loud = imnet("eval", "--weights", net, "--labels", names, root).stderr.decode()
    assert "2 pictures left out: not in a class folder" in loud and "00000.ppm" in loud
    done = evaluate(net, names, root / "ant")
    assert done.returncode == 2 and b"--labels-csv" in done.stderr


def test_an_archive_counts_as_a_folder(net, names, data, tmp_path):
    with tarfile.open(tmp_path / "val.tar", "w") as archive:
        for name in NAMES[:-1]:
            archive.add(data / name, name)
    inside, _ = figures(net, names, tmp_path / "val.tar")
    outside, _ = figures(net, names, data)
    assert {**inside, "data": ""} == {**outside, "data": ""}


# Targets from lists

@pytest.fixture(scope="module")
def two(data, rows):
    """The paths of an ant and a bee below the folder of the data."""
    return [next(path for truth, path, *_ in rows if truth == index)[len(str(data)) + 1:] for index in (0, 1)]


@pytest.fixture(scope="module")
def flat(tmp_path_factory):
    """A flat folder like that of ILSVRC's validation images."""
    root = tmp_path_factory.mktemp("flat")
    for number in range(1, 6):
        pixels = bytes((number * 37 + i * 11) % 256 for i in range(360))
        (root / f"ILSVRC2012_val_{number:08}.JPEG").write_bytes(b"P6\n12 10\n255\n" + pixels)
    return root


def test_a_list_gives_the_same_figures_as_folders(net, names, data, tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text("path,label\n" + "".join(
        f"{path.relative_to(data)},{path.parent.name}\n" for path in sorted(data.glob("*/*"))))
    listed, done = figures(net, names, "--labels-csv", file, data)
    assert done.returncode == 1  # the files that are not images
    assert listed == figures(net, names, data)[0]


def test_images_missing_from_the_list_or_the_folder_are_counted(net, names, data, two, tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text(f"path,label\n{two[0]},ant\n{two[1]},gnu\nant/gone.ppm,ant\n")
    found, done = figures(net, names, "--labels-csv", file, data)
    assert done.returncode == 1
    assert (found["images"], found["unlabelled"], found["missing"]) == (2, 64, 1)
    assert [entry["label"] for entry in found["classes"]] == ["ant", "gnu"]
    loud = imnet("eval", "--weights", net, "--labels", names, "--labels-csv", file, data).stderr.decode()
    assert "64 pictures left out: not in the list" in loud
    assert "1 picture named in " in loud and " but not found" in loud and "ant/gone.ppm" in loud


def test_numbers_in_a_list_are_refused_without_the_option_numbers(net, names, data, two, tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text(f"{two[0]},0\n{two[1]},6\n")
    done = evaluate(net, names, "--labels-csv", file, data)
    assert done.returncode == 2 and b"--numbers index" in done.stderr and b"--numbers ilsvrc2012-id" in done.stderr
    assert classes_found(net, names, "--numbers", "index", "--labels-csv", file, data) == [0, 6]
    done = evaluate(net, names, "--numbers", "ilsvrc2012-id", "--labels-csv", file, data)
    assert done.returncode == 3  # ILSVRC2012_IDs need ImageNet's classes


def test_the_ground_truth_of_ilsvrc_2012(flat, tmp_path):
    truth = tmp_path / "ILSVRC2012_validation_ground_truth.txt"
    truth.write_text("490\n361\n171\n822\n297\n")  # the first lines of the file
    words = ("eval", *QUIET, "--no-weights", "--model", "resnet18", "--labels-csv", truth)
    assert imnet(*words, flat).returncode == 2
    done = imnet(*words, "--numbers", "ilsvrc2012-id", "--format", "json", flat)
    found = json.loads(done.stdout)
    assert done.returncode == 0 and found["mapping"] == "5 by ILSVRC2012_ID"
    # The indices of the first five images, from other lists.
    assert [entry["index"] for entry in found["classes"]] == sorted([65, 970, 230, 809, 516])


def test_the_solution_file_of_kaggle(flat, tmp_path):
    solution = tmp_path / "LOC_val_solution.csv"
    solution.write_text("ImageId,PredictionString\nILSVRC2012_val_00000001,n01751748 1 2 3 4 n01751748 5 6 7 8 \n"
                        "ILSVRC2012_val_00000002,n09193705 1 2 3 4 \n")
    done = imnet("eval", "--no-weights", "--model", "resnet18", "--labels-csv", solution, "--format", "json", flat)
    found = json.loads(done.stdout)
    assert done.returncode == 0 and found["unlabelled"] == 3
    assert [entry["index"] for entry in found["classes"]] == [65, 970]


def test_a_list_of_other_images_is_refused(net, names, data, tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text("train/1.jpg,ant\n")
    done = evaluate(net, names, "--labels-csv", file, data)
    assert done.returncode == 2 and b"none of its 66 pictures" in done.stderr and b"train/1.jpg" in done.stderr


# Errors of usage

@pytest.mark.parametrize("more, said", [
    ([], "one folder"), (["a", "b"], "one folder"), (["-"], "standard input has no labels"),
    (["--wrong", "--format", "json", "a"], "--wrong prints paths"), (["-0", "a"], "--null only goes with --wrong"),
    (["--labels-csv", "/no/list", "a"], "/no/list: the labels cannot be read"),
    (["--numbers", "seven", "a"], "index, ilsvrc2012-id"), (["--top", "3", "a"], "takes no option --top")])
def test_usage(more, said):
    done = imnet("eval", "--no-weights", "--model", "resnet18", *more)
    assert done.returncode == 2 and said in done.stderr.decode() and done.stdout == b""


def test_an_empty_folder_is_refused(net, names, tmp_path):
    done = evaluate(net, names, tmp_path)
    assert done.returncode == 2 and b"there are no pictures in it" in done.stderr
    done = evaluate(net, names, tmp_path / "gone")
    assert done.returncode == 2 and b"gone" in done.stderr
