"""summary, explain, eval and finetune with an EfficientNet-Lite: the one that comes with imnet, at a small size."""
import json
import re
import shutil

import pytest

import class_folders
from finetune_test import finetune, pictures, read, rows  # noqa: F401
from program import BUILD, SAMPLES, imnet

pytestmark = pytest.mark.skipif(not list((BUILD / "share" / "imnet").glob("efficientnet-lite2-*.pth")),
                                reason="this build has no model (scripts/setup installs it)")
LITE2 = ["--model", "efficientnet_lite2"]
SMALL = [*LITE2, "--size", "64", "--threads", "1", "--device", "cpu"]


@pytest.fixture(autouse=True)
def no_caches(tmp_path, monkeypatch):
    monkeypatch.setenv("IMNET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def test_summary():
    text = imnet("summary", *LITE2).stdout.decode()
    assert "EfficientNet(" in text and "6,092,072 parameters" in text
    assert "\ninput: [1, 3, 260, 260]\noutput: [1, 1000]\n" in text


@pytest.mark.parametrize("method", [[], ["--occlusion", "--stride", "65"]], ids=["grad-cam", "occlusion"])
def test_explain_finds_the_coffee(tmp_path, method):
    done = imnet("explain", SAMPLES / "coffee.png", *LITE2, *method, "--format", "json", "-o", tmp_path / "heat.png")
    assert done.returncode == 0, done.stderr.decode()
    report = json.loads(done.stdout)
    assert report["class"]["label"] == "espresso"
    x, y = report["centre"]
    assert 150 < x < 450 and 100 < y < 300  # the cup


def test_eval(tmp_path):
    for name, wnid in (("chelsea.png", "n02124075"), ("coffee.png", "n07920052"), ("rocket.jpg", "n03773504")):
        (tmp_path / "val" / wnid).mkdir(parents=True)
        shutil.copy(SAMPLES / name, tmp_path / "val" / wnid)
    report = json.loads(imnet("eval", *LITE2, "--format", "json", tmp_path / "val").stdout)
    assert report["top1"]["right"] == 2 and report["top5"]["right"] == 3  # the missile is second


def test_finetune_replaces_the_head(pictures, tmp_path):
    output = tmp_path / "shapes.safetensors"
    done = finetune(pictures, output, *SMALL, "--freeze", "backbone", "--epochs", "10", "--val", pictures)
    assert done.returncode == 0, done.stderr.decode()
    assert b"imnet: tf_efficientnet_lite2.in1k (timm), for 260 pixels, from the file that comes with imnet\n" in done.stderr
    assert max(row[4] for row in rows(done)) >= 90
    metadata, tensors = read(output)
    assert metadata["architecture"] == "tf_efficientnet_lite2"
    assert json.loads(metadata["class_names"]) == class_folders.CLASSES
    assert len(tensors["classifier.weight"]) == 4 * 3 * 1280 and len(tensors["classifier.bias"]) == 4 * 3
    answer = imnet("--weights", output, "--format", "jsonl", "-k", "1", pictures / "stripes" / "03.png")
    assert json.loads(answer.stdout)["top"][0]["label"] == "stripes"
    assert answer.stderr.decode() == f"imnet: {output}: tf_efficientnet_lite2 with 3 classes\n"


def stages_that_moved(path, before):
    """Top-level modules and stages."""
    _, tensors = read(path)
    assert tensors.keys() == before.keys()
    return {re.match(r"blocks\.\d|[^.]+", name)[0] for name in before if tensors[name] != before[name]}


def test_frozen_stages_do_not_change(pictures, tmp_path):
    words = [*SMALL, "--epochs", "1", "--optimizer", "sgd"]
    start = finetune(pictures, tmp_path / "start", *words, "--lr", "0", "--freeze", "until blocks.6")
    assert start.returncode == 0, start.stderr.decode()
    _, before = read(tmp_path / "start")
    done = finetune(pictures, tmp_path / "on", "--weights", tmp_path / "start", *words, "--lr", "0.01",
                    "--freeze", "until blocks.4")
    assert done.returncode == 0, done.stderr.decode()
    assert stages_that_moved(tmp_path / "on", before) == {"blocks.5", "blocks.6", "conv_head", "bn2", "classifier"}


def test_the_error_for_an_unknown_stage_lists_the_stages(pictures, tmp_path):
    done = finetune(pictures, tmp_path / "m", *SMALL, "--freeze", "until layer2")
    assert done.returncode == 2 and not (tmp_path / "m").exists()
    assert ("imnet: --freeze until layer2: the stages of tf_efficientnet_lite2 are blocks.0, blocks.1, blocks.2, "
            "blocks.3, blocks.4, blocks.5, blocks.6\n") in done.stderr.decode()
