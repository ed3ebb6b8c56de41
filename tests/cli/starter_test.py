"""--model starter, with a small net in its place beside a copy of the program."""
import json
import shutil
import subprocess

import pytest

import checkpoints
from program import BUILD, PROGRAM, SAMPLES

CLASSES = {"n02124075": "Egyptian cat", "n07920052": "espresso", "n03773504": "missile"}


def with_names(header):
    header["__metadata__"] = {
        "class_names": json.dumps(list(CLASSES.values())), "wnids": json.dumps(list(CLASSES)),
        "preprocessing": json.dumps({"resize": 40, "crop": 32, "interpolation": "bilinear",
                                     "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]})}
    return header


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("installed")
    (root / "bin").mkdir()
    (root / "share" / "imnet").mkdir(parents=True)
    shutil.copy(PROGRAM, root / "bin")
    (root / "lib").symlink_to(BUILD / "lib")
    checkpoints.write(root / "share" / "imnet" / "starter.safetensors", list(checkpoints.resnet18(len(CLASSES))),
                      with_names)
    return root


def run(root, *words):
    return subprocess.run([root / "bin" / "imnet", *words], capture_output=True, timeout=300, env={"HOME": str(root)})


def test_it_classifies_with_its_own_classes_and_prints_a_notice(root):
    done = run(root, "--model", "starter", "-k", "3", "--format", "jsonl", SAMPLES / "rocket.jpg")
    assert done.returncode == 0
    assert {label["wnid"]: label["label"] for label in json.loads(done.stdout)["top"]} == CLASSES
    assert done.stderr.decode() == "imnet: starter: a small resnet18 for 3 of ImageNet's classes, at 32 pixels\n"


def test_quiet_leaves_the_notice_out(root):
    assert run(root, "-q", "--model", "starter", SAMPLES / "rocket.jpg").stderr == b""


def test_it_is_used_only_when_it_is_named(root):
    done = run(root, SAMPLES / "rocket.jpg")
    assert done.returncode == 3 and b"imnet weights fetch" in done.stderr and b"starter" not in done.stderr


@pytest.mark.parametrize("option", [("--no-weights",), ("--weights", "x.pth")])
def test_other_weights_contradict_it(root, option):
    done = run(root, "--model", "starter", *option, SAMPLES / "rocket.jpg")
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"imnet: --model starter is a trained model: {option[0]} contradicts it\n")


def test_it_is_listed_and_found(root):
    listed = run(root, "models").stdout.decode().splitlines()
    row = next(line.split() for line in listed if line.startswith("starter "))
    assert row[1] == "resnet18" and row[-1] == "yes"
    path = run(root, "weights", "path", "--model", "starter").stdout.decode().strip()
    assert path == str(root / "share" / "imnet" / "starter.safetensors")


def test_there_is_nothing_to_fetch(root):
    done = run(root, "weights", "fetch", "--model", "starter")
    assert done.returncode == 2 and b"starter comes with imnet: there is nothing to fetch" in done.stderr


def test_a_message_says_that_it_is_not_installed(root, tmp_path):
    (tmp_path / "bin").mkdir()
    shutil.copy(PROGRAM, tmp_path / "bin")
    done = run(tmp_path, "--model", "starter", SAMPLES / "rocket.jpg")
    assert done.returncode == 3
    assert f"{tmp_path}/share/imnet/starter.safetensors: the model 'starter' is not installed" in done.stderr.decode()
    assert "starter" not in run(tmp_path, "models").stdout.decode()
