"""imnet weights inspect and convert, and the metadata of checkpoints."""
import json
import os
import struct

import pytest

import checkpoints
from program import SAMPLES, imnet

ROCKET = SAMPLES / "rocket.jpg"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder like those of the Hugging Face hub: resnet18 with two named classes."""
    root = tmp_path_factory.mktemp("hub")
    checkpoints.write(root / "model.safetensors", checkpoints.resnet18(2))
    (root / "config.json").write_text(json.dumps({"id2label": {"0": "cat", "1": "dog"}}))
    return root


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length:]
    return {name: (entry["dtype"], entry["shape"], body[slice(*entry["data_offsets"])]) for name, entry in header.items()}


def test_inspect_lists_the_tensors(folder):
    path = folder / "model.safetensors"
    text = imnet("weights", "inspect", path).stdout.decode()
    assert text.splitlines()[0] == f"{path}: safetensors"
    assert "architecture: resnet18, 2 classes" in text
    assert "fc.weight" in text and "[2, 512]" in text
    report = json.loads(imnet("weights", "inspect", "--format", "json", path).stdout)
    assert report["architecture"] == "resnet18" and report["classes"] == 2
    expected = {name: shape for name, shape in checkpoints.resnet18(2)}
    assert {tensor["name"]: tensor["shape"] for tensor in report["tensors"]} == expected
    assert all(tensor["dtype"] == "float32" for tensor in report["tensors"])
    assert report["tensors"][0]["bytes"] == 4 * 64 * 3 * 7 * 7


def test_convert_keeps_every_bit(folder, tmp_path):
    copy = tmp_path / "copy.safetensors"
    done = imnet("weights", "convert", folder / "model.safetensors", "-o", copy)
    assert done.returncode == 0 and done.stdout == b""
    assert read_safetensors(copy) == read_safetensors(folder / "model.safetensors")
    assert os.listdir(tmp_path) == ["copy.safetensors"]
    assert imnet("weights", "convert", folder / "model.safetensors").returncode == 2
    assert imnet("weights", "convert", folder / "model.safetensors", "-o", "/dev/full").returncode == 4


def test_the_architecture_is_recognised_and_printed(folder):
    path = folder / "model.safetensors"
    done = imnet("--weights", path, "--format", "jsonl", ROCKET)
    assert done.returncode == 0
    assert done.stderr.decode() == f"imnet: {path}: resnet18 with 2 classes\n"
    assert imnet("-q", "--weights", path, ROCKET).stderr == b""


def test_class_names_come_from_the_config_beside_the_weights(folder, tmp_path):
    for weights in (folder, folder / "model.safetensors"):
        top = json.loads(imnet("--weights", weights, "--format", "jsonl", ROCKET).stdout)["top"]
        assert [entry["label"] for entry in top] == [["cat", "dog"][entry["index"]] for entry in top]
    names = tmp_path / "names.txt"
    names.write_text("lion\nwolf\n")
    top = json.loads(imnet("--weights", folder, "--labels", names, "--format", "jsonl", ROCKET).stdout)["top"]
    assert {entry["label"] for entry in top} == {"lion", "wolf"}


def test_the_preprocessing_comes_from_the_config_beside_the_weights(folder, tmp_path):
    weights = tmp_path / "model.safetensors"
    weights.symlink_to(folder / "model.safetensors")

    def probability(**changes):
        cfg = {"input_size": [3, 224, 224], "crop_pct": 0.96, "interpolation": "bilinear",
               "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], **changes}
        (tmp_path / "config.json").write_text(json.dumps({"pretrained_cfg": cfg}))
        return json.loads(imnet("-k1", "--weights", weights, "--format", "jsonl", ROCKET).stdout)["top"][0]["prob"]

    default = json.loads(imnet("-k1", "--weights", folder, "--format", "jsonl", ROCKET).stdout)["top"][0]["prob"]
    same_as_default = probability(crop_pct=0.875)  # 224 / 0.875 = 256, the preprocessing of resnet18
    assert same_as_default == pytest.approx(default, abs=1e-6)
    assert abs(probability(mean=[0.5] * 3, std=[0.5] * 3) - default) > 1e-6


@pytest.mark.parametrize("file, settings", [
    ("preprocessor_config.json", {"image_processor_type": "ViTImageProcessor", "resample": 7}),
    ("preprocessor_config.json", {"image_processor_type": "BitImageProcessor", "do_resize": False}),
    ("config.json", {"pretrained_cfg": {"interpolation": "gaussian"}}),
    ("config.json", {"model_type": "resnet", "hidden_act": "gelu"}),
    ("config.json", {"architecture": "resnet18", "model_args": {"aa_layer": "blurpool"}}),
])
def test_settings_beside_the_weights_that_cannot_be_obeyed_are_refused_by_name(file, settings, folder, tmp_path):
    (tmp_path / "model.safetensors").symlink_to(folder / "model.safetensors")
    (tmp_path / file).write_text(json.dumps(settings))
    done = imnet("--weights", tmp_path, ROCKET)
    error = done.stderr.decode()
    assert done.returncode == 3 and done.stdout == b"" and error.count("\n") == 1, error
    last = list(settings)[-1]
    assert f"{tmp_path}: its {file} says " in error
    assert (next(iter(settings[last])) if isinstance(settings[last], dict) else last) in error


def test_a_folder_without_weights_is_refused(tmp_path):
    done = imnet("--weights", tmp_path, ROCKET)
    assert done.returncode == 3 and os.fsencode(tmp_path) in done.stderr
