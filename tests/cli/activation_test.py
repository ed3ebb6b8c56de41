"""--activation sigmoid: nets with several labels an image, and nets with one output."""
import json
import math

import pytest

import checkpoints
from program import imnet
from small_net import record, write_pictures


def write_net(folder, classes, **config):
    folder.mkdir()
    checkpoints.write(folder / "model.safetensors", list(checkpoints.resnet18(classes)))
    (folder / "config.json").write_text(json.dumps({**config, "pretrained_cfg": {
        "input_size": [3, 32, 32], "crop_pct": 1, "interpolation": "bilinear",
        "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}}))
    return folder


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A folder with a net of one output, one of three, the name of the only class, and a folder of six images."""
    folder = tmp_path_factory.mktemp("activation")
    write_net(folder / "one", 1)
    write_net(folder / "three", 3)
    (folder / "name.txt").write_text("mole\n")
    write_pictures(folder / "pictures", 6)
    return folder


def rows(*words):
    done = imnet("-q", "--threads", "1", "--format", "jsonl", *words)
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line)["top"] for line in done.stdout.splitlines()]


def test_softmax_of_one_output_is_refused_with_what_to_type(work):
    for words in (["--weights", work / "one", work / "pictures"],
                  ["--weights", work / "one", "--activation", "softmax", work / "pictures"],
                  ["eval", work, "--weights", work / "one", "--labels", work / "name.txt", "--skip-unknown"],
                  ["explain", work / "pictures" / "00000.ppm", "--weights", work / "one", "-o", work / "heat.png"]):
        done = imnet(*words)
        assert done.returncode == 2 and done.stdout == b""
        assert "has one output, of which softmax makes 100 % for every image: use --activation sigmoid" in done.stderr.decode()


def test_each_class_has_the_sigmoid_of_its_logit(work):
    """Softmax gives differences of logits, and so does the inverse of sigmoid."""
    of_softmax = rows("--weights", work / "three", work / "pictures")
    of_sigmoid = rows("--weights", work / "three", work / "pictures", "--activation", "sigmoid")
    assert len(of_sigmoid) == 6
    for softmax, sigmoid in zip(of_softmax, of_sigmoid):
        assert [entry["index"] for entry in softmax] == [entry["index"] for entry in sigmoid]
        logits = [math.log(entry["prob"] / (1 - entry["prob"])) for entry in sigmoid]
        for other in (1, 2):
            wanted = math.log(softmax[0]["prob"] / softmax[other]["prob"])
            assert logits[0] - logits[other] == pytest.approx(wanted, abs=1e-4)


def test_a_config_of_several_labels_means_sigmoid(work, tmp_path):
    net = write_net(tmp_path / "net", 3, problem_type="multi_label_classification")
    assert rows("--weights", net, work / "pictures") == rows(
        "--weights", work / "three", work / "pictures", "--activation", "sigmoid")
    assert rows("--weights", net, work / "pictures", "--activation", "softmax") == rows(
        "--weights", work / "three", work / "pictures")
    one = write_net(tmp_path / "one", 1, problem_type="regression")
    assert imnet("--weights", one, work / "pictures").returncode == 2


def one_output(work):
    return "--weights", work / "one", "--activation", "sigmoid", "--labels", work / "name.txt", work / "pictures"


def test_the_only_class_is_in_a_row_from_one_half(work):
    all_rows = rows(*one_output(work), "--min-prob", "0")
    assert all(len(row) == 1 and row[0]["label"] == "mole" and 0 < row[0]["prob"] < 1 for row in all_rows)
    assert rows(*one_output(work)) == [[entry for entry in row if entry["prob"] >= 0.5] for row in all_rows]
    middle = sorted(row[0]["prob"] for row in all_rows)[3]
    kept = rows(*one_output(work), "--min-prob", str(middle))
    assert sum(len(row) for row in kept) == 3


def test_is_and_sort_into_take_the_threshold(work, tmp_path):
    all_rows = rows(*one_output(work), "--min-prob", "0")
    middle = sorted(row[0]["prob"] for row in all_rows)[3]
    done = imnet("-q", *one_output(work), "--min-prob", str(middle), "--is", "mole", "--sort-into", tmp_path / "sorted")
    paths = [work / "pictures" / f"{number:05}.ppm" for number in range(6)]
    wanted = [str(path) for path, row in zip(paths, all_rows) if row[0]["prob"] >= middle]
    assert done.stdout.decode().split() == wanted
    assert sorted(path.name for path in (tmp_path / "sorted" / "mole").iterdir()) == [path.split("/")[-1] for path in wanted]


def test_a_run_with_another_activation_is_not_resumed(work, tmp_path):
    words = ["-q", "--weights", work / "three", work / "pictures", "--format", "jsonl", "-o", tmp_path / "rows.jsonl"]
    assert imnet(*words, "--activation", "sigmoid").returncode == 0
    assert dict(record(tmp_path / "rows.jsonl")["settings"])["activation"] == "sigmoid"
    done = imnet(*words, "--resume")
    assert done.returncode == 2 and "activation was sigmoid, is not set" in done.stderr.decode()


def test_eval_of_one_output_says_that_it_compares_classes(work):
    done = imnet("eval", work, "--weights", work / "one", "--activation", "sigmoid")
    assert done.returncode == 2 and "imnet eval compares classes" in done.stderr.decode()


def test_explain_shows_the_sigmoid(work, tmp_path):
    picture = work / "pictures" / "00000.ppm"
    [[wanted]] = rows("--weights", work / "one", "--activation", "sigmoid", "--min-prob", "0", picture)
    for method in ([], ["--occlusion", "--stride", "32"]):
        done = imnet("explain", picture, "--weights", work / "one", "--activation", "sigmoid", "--format", "json",
                     "-o", tmp_path / "heat.png", *method)
        assert done.returncode == 0, done.stderr.decode()
        assert json.loads(done.stdout)["class"]["prob"] == pytest.approx(wanted["prob"], abs=1e-5)


def test_an_unknown_activation(work):
    done = imnet("--weights", work / "one", "--activation", "tanh", work / "pictures")
    assert done.returncode == 2 and "--activation tanh: it takes softmax, sigmoid" in done.stderr.decode()
