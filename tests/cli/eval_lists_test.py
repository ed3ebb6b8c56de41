"""imnet eval with targets from lists."""
import json

import pytest

from evaluated import QUIET, classes_found, evaluate, figures
from evaluated import data, names, net, rows, small_net  # noqa: F401
from program import imnet


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
