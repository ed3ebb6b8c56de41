"""imnet eval: the figures are compared with those that this test computes from the rows of imnet."""
import collections
import csv
import io
import json
import os
import shutil
import tarfile

import pytest

import checkpoints
from evaluated import NAMES, QUIET, classes_found, evaluate, figures
from evaluated import data, names, net, rows, small_net  # noqa: F401
from program import imnet
from small_net import write_pictures


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


WNIDS = ["n01440764", "n01443537", "n01484850", "n01491361", "n01494475", "n01496331", "n01498041"]
CONFIGS = {
    "timm": {"label_names": WNIDS, "label_descriptions": dict(zip(WNIDS, NAMES))},
    "transformers": {"id2label": {str(index): wnid for index, wnid in enumerate(WNIDS)}},
}


@pytest.mark.parametrize("library", CONFIGS)
def test_folders_named_by_wnid_are_found_in_the_config_of(library, net, names, data, tmp_path):
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "model.safetensors").symlink_to(net / "model.safetensors")
    config = json.loads((net / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **CONFIGS[library]}))
    by_wnid = tmp_path / "data"
    for name in os.listdir(data):
        shutil.copytree(data / name, by_wnid / WNIDS[NAMES.index(name)])
    done = imnet("eval", *QUIET, "--weights", folder, "--format", "json", by_wnid)
    assert done.stdout, done.stderr
    assert json.loads(done.stdout)["top1"] == figures(net, names, data)[0]["top1"]
