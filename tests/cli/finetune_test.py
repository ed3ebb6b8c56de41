"""imnet finetune: it learns, the same command gives the same file even if it was interrupted, and no result is lost."""
import csv
import hashlib
import json
import os
import re
import shutil
import signal
import struct
import subprocess

import pytest

import checkpoints
import class_folders
from class_folders import CLASSES
from failing_disk import failing_disk  # noqa: F401
from program import PROGRAM, ROOT, imnet

SMALL = ["--model", "resnet18", "--size", "32", "--threads", "1", "--device", "cpu"]
LEARNING = ["--scratch", *SMALL, "--batch", "4", "--epochs", "4", "--crop-scale", "0.5", "--seed", "1"]
# Two steps for each epoch.
SHORT = ["--scratch", *SMALL, "--batch", "16", "--epochs", "3"]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return class_folders.write(tmp_path_factory.mktemp("data") / "shapes")


def finetune(folder, output, *more, **environment):
    return imnet("finetune", folder, "-o", output, *more, **environment)


def read(path):
    """(metadata, {name: bytes}) of a safetensors file."""
    data = path.read_bytes()
    length, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8: 8 + length])
    metadata = header.pop("__metadata__")
    body = data[8 + length:]
    return metadata, {name: body[slice(*entry["data_offsets"])] for name, entry in header.items()}


def rows(done):
    """The rows of the epoch table."""
    head, *rest = done.stdout.decode().splitlines()
    assert head.split() == ["epoch", "lr", "train", "loss", "val", "loss", "top-1", "%", "top-5", "%", "seconds"]
    return [list(map(float, row.split())) for row in rest]


@pytest.fixture(scope="module")
def learnt(pictures, tmp_path_factory):
    """A model trained on the shapes, and the run that made it."""
    output = tmp_path_factory.mktemp("learnt") / "shapes.safetensors"
    done = finetune(pictures, output, *LEARNING)
    assert done.returncode == 0, done.stderr.decode()
    return output, done


@pytest.fixture(scope="module")
def whole(pictures, tmp_path_factory):
    """The bytes of the model after a short training that was not interrupted."""
    output = tmp_path_factory.mktemp("whole") / "model.safetensors"
    done = finetune(pictures, output, *SHORT)
    assert done.returncode == 0, done.stderr.decode()
    return output.read_bytes()


@pytest.fixture(scope="module")
def parent(tmp_path_factory):
    """A ResNet-18 of ten classes."""
    return checkpoints.write(tmp_path_factory.mktemp("parent") / "parent.safetensors", checkpoints.resnet18(10))


def test_it_learns(learnt):
    output, done = learnt
    table = rows(done)
    assert [row[0] for row in table] == [1, 2, 3, 4]
    assert table[-1][2] < table[0][2]  # the training loss falls
    assert max(row[4] for row in table) >= 80
    assert re.search(rb"shapes.safetensors: resnet18 with 3 classes, epoch \d: [\d.]+ % right of 6 validation pictures", done.stderr)
    assert sorted(os.listdir(output.parent)) == [f"shapes.safetensors{end}" for end in ("", ".csv", ".svg")]


def test_the_learning_curve(learnt):
    output, done = learnt
    with open(f"{output}.csv") as file:
        curve = list(csv.DictReader(file))
    assert len(curve) == 4
    for point, row in zip(curve, rows(done)):
        assert int(point["epoch"]) == row[0]
        assert float(point["train_loss"]) == pytest.approx(row[2], abs=1e-4)
        assert 100 * float(point["validation_top1"]) == pytest.approx(row[4], abs=0.01)
    assert "<svg" in (output.parent / "shapes.safetensors.svg").read_text()


def test_the_model_classifies_with_its_own_names(learnt, pictures):
    done = imnet("--weights", learnt[0], "-k", "1", "--format", "jsonl", pictures)
    assert done.returncode == 0, done.stderr.decode()
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    right = [answer["top"][0]["label"] == answer["path"].split("/")[-2] for answer in answers]
    assert len(right) == 36 and sum(right) >= 29
    assert {answer["top"][0]["label"] for answer in answers} <= set(CLASSES)


def test_the_metadata_of_the_model(learnt):
    metadata, tensors = read(learnt[0])
    assert metadata["architecture"] == "resnet18" and metadata["format"] == "pt"
    assert json.loads(metadata["class_names"]) == CLASSES
    recipe = json.loads(metadata["preprocessing"])
    assert recipe["crop"] == 32 and recipe["interpolation"] == "bilinear" and len(recipe["mean"]) == 3
    training = json.loads(metadata["training"])
    assert training["optimizer"] == {"name": "adam", "learning_rate": 0.001, "weight_decay": 0.0, "clip_norm": 0.0}
    assert (training["epochs"], training["batch"], training["seed"], training["size"]) == (4, 4, 1, 32)
    assert (training["train_pictures"], training["val_pictures"]) == (30, 6)
    metrics = json.loads(metadata["metrics"])
    best = max(rows(learnt[1]), key=lambda row: row[4])
    assert metrics["epoch"] == best[0] and 100 * metrics["val_top1"] == pytest.approx(best[4], abs=0.01)
    assert metadata["parent"] == "random, seed 1"
    assert metadata["imnet_version"] in imnet("--version").stdout.decode()
    assert len(tensors["fc.weight"]) == 4 * 3 * 512


def test_the_same_command_gives_the_same_file(pictures, whole, tmp_path):
    assert finetune(pictures, tmp_path / "again.safetensors", *SHORT).returncode == 0
    assert (tmp_path / "again.safetensors").read_bytes() == whole
    assert finetune(pictures, tmp_path / "other.safetensors", *SHORT, "--seed", "7").returncode == 0
    assert read(tmp_path / "other.safetensors")[1] != read(tmp_path / "again.safetensors")[1]


def start(pictures, output, *more):
    return subprocess.Popen([PROGRAM, "finetune", pictures, "-o", output, *SHORT, *more], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)


def wait_for_epoch(process):
    """Runs until a row of the table is printed; then the state and the model of that epoch are saved."""
    for _ in range(2):
        line = process.stdout.readline()
    assert line, process.stderr.read()


def progress(output):
    return json.loads(read(output.with_name(output.name + ".state"))[0]["progress"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_and_resumed_training_gives_the_same_file(pictures, whole, tmp_path, number):
    output = tmp_path / "model.safetensors"
    process = start(pictures, output)
    wait_for_epoch(process)
    process.send_signal(number)
    process.communicate()
    assert process.returncode == -number
    assert progress(output)["epoch"] >= 1 and output.exists()
    done = finetune(pictures, output, *SHORT, "--resume")
    assert done.returncode == 0, done.stderr.decode()
    assert output.read_bytes() == whole
    with open(f"{output}.csv") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1", "2", "3"]
    assert not os.path.exists(f"{output}.state")


@pytest.fixture(scope="module")
def unfinished(pictures, tmp_path_factory):
    """A training that was interrupted, and the messages of a second run that started while it was running."""
    output = tmp_path_factory.mktemp("unfinished") / "model.safetensors"
    process = start(pictures, output)
    wait_for_epoch(process)
    second = finetune(pictures, output, *SHORT)
    process.send_signal(signal.SIGINT)
    process.communicate()
    return output, second


def test_a_second_training_with_the_same_output_is_refused(unfinished):
    output, second = unfinished
    assert second.returncode == 2 and f"{output}: another training is writing it".encode() in second.stderr


def test_an_unfinished_training_is_not_overwritten(pictures, unfinished):
    output, _ = unfinished
    before = (output.parent / "model.safetensors.state").read_bytes()
    done = finetune(pictures, output, *SHORT)
    assert done.returncode == 2 and b"an unfinished training is kept in it: --resume continues it" in done.stderr
    done = finetune(pictures, output, *SHORT, "--resume", "--lr", "0.5", "--batch", "9")
    assert done.returncode == 2 and b"batch is 9, was 16" in done.stderr and b'"learning_rate":0.5' in done.stderr
    assert (output.parent / "model.safetensors.state").read_bytes() == before


def test_a_finished_training_is_not_repeated(pictures, learnt):
    output, _ = learnt
    before = output.read_bytes()
    done = finetune(pictures, output, *LEARNING, "--resume")
    assert done.returncode == 0 and b"this training is finished" in done.stderr and done.stdout == b""
    done = finetune(pictures, output, *LEARNING, "--resume", "--weight-decay", "0.1")
    assert done.returncode == 2 and b"holds a finished training, and not this one" in done.stderr
    assert output.read_bytes() == before


def test_a_frozen_backbone_does_not_change(pictures, parent, tmp_path):
    words = ["--weights", parent, *SMALL, "--freeze", "backbone", "--epochs", "20"]
    for name in ("a", "b"):
        done = finetune(pictures, tmp_path / name, *words)
        assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert b"computing the features of 36 pictures, once" in done.stderr and len(rows(done)) == 20
    metadata, tensors = read(tmp_path / "a")
    assert metadata["parent"] == "parent.safetensors"
    assert metadata["parent_sha256"] == hashlib.sha256(parent.read_bytes()).hexdigest()
    _, before = read_without_metadata(parent)
    assert tensors.keys() == before.keys()
    assert {name for name in tensors if tensors[name] != before[name]} == {"fc.weight", "fc.bias"}
    # The head fits these features: the accuracy of the model is that of the table.
    best = max(rows(done), key=lambda row: row[4])
    assert 100 * json.loads(metadata["metrics"])["val_top1"] == pytest.approx(best[4], abs=0.01)


def read_without_metadata(path):
    data = path.read_bytes()
    length, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8: 8 + length])
    body = data[8 + length:]
    return {}, {name: body[slice(*entry["data_offsets"])] for name, entry in header.items()}


def moved_parts(path, before):
    _, tensors = read(path)
    return {name.split(".")[0] for name in before if name in tensors and tensors[name] != before[name]}


def test_frozen_stages_do_not_change(pictures, parent, tmp_path):
    _, before = read_without_metadata(parent)
    words = ["--weights", parent, *SMALL, "--epochs", "1", "--optimizer", "sgd", "--lr", "0.01"]
    done = finetune(pictures, tmp_path / "half", *words, "--freeze", "until layer2")
    assert done.returncode == 0, done.stderr.decode()
    assert moved_parts(tmp_path / "half", before) == {"layer3", "layer4", "fc"}
    done = finetune(pictures, tmp_path / "all", *words)
    assert done.returncode == 0, done.stderr.decode()
    assert moved_parts(tmp_path / "all", before) == {"conv1", "bn1", "layer1", "layer2", "layer3", "layer4", "fc"}


def test_all_training_options_together(pictures, tmp_path):
    words = ["--optimizer", "adamw", "--weight-decay", "0.05", "--schedule", "cosine", "--warmup", "1", "--mixup", "0.2",
             "--cutmix", "1", "--label-smoothing", "0.1", "--class-weights", "balanced", "--clip-norm", "1",
             "--color-jitter", "0.2", "--no-flip", "--precision", "bf16", "--val", pictures]
    done = finetune(pictures, tmp_path / "m", "--scratch", *SMALL, "--epochs", "2", *words)
    assert done.returncode == 0, done.stderr.decode()
    assert [row[1] for row in rows(done)] == [0.000505, 0.0005]  # of the last step of each epoch
    training = json.loads(read(tmp_path / "m")[0]["training"])
    assert training["precision"] == "bf16" and training["augmentation"]["mixup"] == 0.2
    assert training["train_pictures"] == training["val_pictures"] == 36


def test_a_model_of_these_classes_keeps_its_head(pictures, learnt, tmp_path):
    done = finetune(pictures, tmp_path / "on", "--weights", learnt[0], *SMALL, "--epochs", "1", "--lr", "0")
    assert done.returncode == 0 and b"the model has these 3 classes already: its head is kept" in done.stderr
    assert read(tmp_path / "on")[1]["fc.weight"] == read(learnt[0])[1]["fc.weight"]


@pytest.mark.parametrize("model, head", [("test_resnet", "fc"), ("resnetv2_18d", "head.fc")])
def test_the_head_is_replaced_wherever_it_is(pictures, tmp_path, model, head):
    done = finetune(pictures, tmp_path / "m", "--scratch", "--model", model, *SMALL[2:], "--epochs", "1", "--val",
                    pictures)
    assert done.returncode == 0, done.stderr.decode()
    assert len(read(tmp_path / "m")[1][f"{head}.bias"]) == 4 * 3
    answer = imnet("--weights", tmp_path / "m", "--format", "jsonl", "-k", "1", pictures / "stripes" / "03.png")
    assert answer.returncode == 0 and f"m: {model} with 3 classes".encode() in answer.stderr


def test_a_damaged_image_is_skipped_named_and_counted_once(pictures, tmp_path):
    folder = tmp_path / "shapes"
    shutil.copytree(pictures, folder)
    damaged = [folder / "circles" / "99.png", folder / "stripes" / "99.jpg"]
    damaged[0].write_bytes((folder / "circles" / "00.png").read_bytes()[:300])
    damaged[1].write_bytes(b"no picture")
    for freeze in ("none", "until-layer4"):
        output = tmp_path / freeze
        done = finetune(folder, output, "--scratch", *SMALL, "--epochs", "2", "--freeze", freeze, "--val", pictures)
        assert done.returncode == 1 and output.exists()
        for path in damaged:
            assert done.stderr.count(f"{path}: left out: ".encode()) == 1  # once, although there are two epochs
        assert b"2 pictures could not be read and were left out" in done.stderr


def tree(root, **classes):
    for name, pictures in classes.items():
        (root / name).mkdir(parents=True)
        for number in range(pictures):
            (root / name / f"{number}.png").write_bytes(b"no picture")
    return root


@pytest.mark.parametrize("classes, message", [
    ({}, "no class folders in it"),
    ({"oak": 2}, "only one class (oak)"),
    ({"oak": 2, "beech": 0}, "no pictures in 1 of 2 class folders (beech)"),
    ({"oak": 1, "beech": 1}, "there are no validation pictures"),
    ({"oak": 4, "beech": 4}, "could be read"),
], ids=["nothing", "one class", "an empty class", "nothing to validate with", "no picture that can be read"])
def test_folders_that_cannot_be_trained_on(tmp_path, classes, message):
    folder = tmp_path / "trees"
    folder.mkdir()
    done = finetune(tree(folder, **classes), tmp_path / "m", *SHORT)
    assert done.returncode == 2 and message in done.stderr.decode()
    assert not (tmp_path / "m").exists()


def test_a_class_that_is_only_in_the_validation_images(pictures, tmp_path):
    validation = class_folders.write(tmp_path / "val", 1, classes=["circles", "triangles"])
    done = finetune(pictures, tmp_path / "m", *SHORT, "--val", validation)
    assert done.returncode == 2 and f"{validation}: folders that are not classes of the training pictures: triangles" in done.stderr.decode()


def test_a_loss_that_is_not_finite_stops_the_training(pictures, tmp_path):
    output = tmp_path / "model.safetensors"
    output.write_bytes(b"an earlier model")
    done = finetune(pictures, output, *SHORT, "--optimizer", "sgd", "--lr", "1000")
    assert done.returncode == 3, done.stderr.decode()
    assert re.search(rb"(is nan|is -nan|is inf|is not finite) at step \d+ of epoch \d: ", done.stderr), done.stderr
    assert b"a smaller --lr" in done.stderr
    if b"nothing was written" in done.stderr:
        assert output.read_bytes() == b"an earlier model"


@pytest.mark.parametrize("call, at", [("write", 1), ("write", 150), ("short", 330), ("fsync", 3), ("rename", 2), ("rename", 5)])
def test_no_space(pictures, whole, tmp_path, failing_disk, call, at):
    folder = tmp_path / "out"
    folder.mkdir()
    output = folder / "model.safetensors"
    done = finetune(pictures, output, *SHORT, **failing_disk(folder, call, at, 28))
    assert done.returncode == 4 and b"No space left on device" in done.stderr
    left = set(os.listdir(folder))
    assert left <= {f"model.safetensors{end}" for end in ("", ".csv", ".svg", ".state")}  # no incomplete file
    if output.exists():
        read(output)
    done = finetune(pictures, output, *SHORT, "--resume")
    assert done.returncode == 0, done.stderr.decode()
    assert output.read_bytes() == whole


@pytest.mark.parametrize("words, message", [
    ([], "needs -o FILE"),
    (["-o", "m", "--scratch", "--weights", "w.pth"], "--weights and --scratch contradict each other"),
    (["-o", "m", "--scratch", "--freeze", "backbone"], "--scratch and --freeze backbone contradict each other"),
    (["-o", "m", "--freeze", "backbone", "--mixup", "0.2"], "--mixup: it has no effect with --freeze backbone"),
    (["-o", "m", "--freeze", "layer5"], "--freeze layer5: it takes none, backbone, or 'until STAGE'"),
    (["-o", "m", "--momentum", "0.9"], "--momentum only goes with --optimizer sgd"),
    (["-o", "m", "--optimizer", "lion"], "lion"),
    (["-o", "m", "--lr", "-1"], "--lr -1: it takes a number from 0 to 1000"),
    (["-o", "m", "--lr", "nan"], "--lr"),
    (["-o", "m", "--batch", "1"], "--batch 1: it takes a number from 2"),
    (["-o", "m", "--scratch", "--val", ".", "--val-fraction", "0.5"], "--val and --val-fraction contradict"),
    (["-o", "no/such/folder/m", "--scratch", "--size", "32"], "no/such/folder/m"),
])
def test_usage(pictures, words, message):
    done = imnet("finetune", pictures, *words)
    assert done.returncode in (2, 4) and message in done.stderr.decode(), done.stderr
    assert not (ROOT / "m").exists()
