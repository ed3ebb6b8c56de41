"""Keras's ResNet50V2, saved as Keras saves it and converted by scripts/convert-keras, gives Keras's pixels and logits.

Keras runs on PyTorch here. Runs the programs of the build folder that IMNET_BUILD names.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

os.environ["KERAS_BACKEND"] = "torch"
torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("PIL", reason="Pillow is not installed")
h5py = pytest.importorskip("h5py", reason="h5py is not installed")
safetensors = pytest.importorskip("safetensors", reason="safetensors is not installed")
keras = pytest.importorskip("keras", reason="Keras is not installed")

from random_weights import LOGIT_DEVIATION, photographs  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "samples" / "coffee.png"
MODEL = "keras_resnet50v2"
SIDE = 64  # at which the logits are compared
NORM = keras.layers.BatchNormalization


def run(name, *words, **environment):
    if "IMNET_BUILD" not in os.environ:
        pytest.skip("IMNET_BUILD does not name a build folder")
    program = Path(os.environ["IMNET_BUILD"]) / "bin" / name
    return subprocess.run([program, *map(str, words)], capture_output=True, env={**os.environ, **environment})


def output(name, *words, **environment):
    done = run(name, *words, **environment)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def convert(*words, **environment):
    return subprocess.run([sys.executable, ROOT / "scripts" / "convert-keras", *map(str, words)], capture_output=True,
                          env={**os.environ, **environment})


def pixels(count, seed):
    """[count, SIDE, SIDE, 3]"""
    return photographs(count, seed, SIDE).permute(0, 2, 3, 1).contiguous().numpy()


@pytest.fixture(scope="module")
def net():
    """A ResNet50V2 whose logits tell photographs apart: see random_weights.py."""
    keras.utils.set_random_seed(0)
    draw = np.random.default_rng(0)
    net = keras.applications.ResNet50V2(weights=None, classifier_activation=None, input_shape=(SIDE, SIDE, 3))
    for layer in net.layers:
        if isinstance(layer, NORM):
            layer.gamma.assign(draw.uniform(0.5, 1.5, layer.gamma.shape))
            layer.beta.assign(draw.normal(0, 0.2, layer.beta.shape))
            layer.momentum = 0.0  # the moving statistics become those of the next batch
        elif getattr(layer, "bias", None) is not None:
            layer.bias.assign(draw.normal(0, 0.1, layer.bias.shape))
    with torch.no_grad():
        net(pixels(12, seed=0), training=True)
    logits = net.predict_on_batch(pixels(12, seed=0))
    scale = LOGIT_DEVIATION / (logits - logits.mean(0)).std()
    head = net.get_layer("predictions")
    kernel, bias = head.get_weights()
    head.set_weights([kernel * scale, (bias - logits.mean(0)) * scale])
    return net


@pytest.fixture(scope="module")
def saved(net, tmp_path_factory):
    """Files of the net by their form."""
    folder = tmp_path_factory.mktemp("keras")
    files = {"keras 3": folder / "net.weights.h5", "model": folder / "model.h5", "keras 2": folder / "weights.h5"}
    net.save_weights(files["keras 3"])
    net.save(files["model"])
    with h5py.File(files["model"]) as model, h5py.File(files["keras 2"], "w") as weights:
        for layer in model["model_weights"]:  # Keras 2 called the classifier `probs`
            for field, array in model["model_weights"][layer].get(layer, {}).items():
                name = "probs" if layer == "predictions" else layer
                weights[f"{name}/{name}/{field}:0"] = array[()]
    return files


@pytest.fixture(scope="module")
def converted(saved):
    file = saved["model"].with_suffix(".safetensors")
    assert convert(saved["model"], "-o", file).returncode == 0
    return file


def test_all_forms_are_converted_to_the_same_bytes(saved, converted, tmp_path):
    for form in ("keras 3", "keras 2"):
        done = convert(saved[form], "-o", tmp_path / "net.safetensors")
        assert done.returncode == 0, done.stderr.decode()
        assert (tmp_path / "net.safetensors").read_bytes() == converted.read_bytes(), form


def test_the_parameters_are_those_of_keras(net):
    lines = output("logits_probe", MODEL, "parameters").decode().splitlines()
    assert lines[-1] == f"total {sum(int(np.prod(weight.shape)) for weight in net.trainable_weights)}"
    assert len([line for line in lines[:-1] if "num_batches_tracked" not in line]) == len(net.weights)


@pytest.fixture(scope="module")
def answered(net):
    images = pixels(9, seed=99)
    return images, net.predict_on_batch(images)


@pytest.mark.parametrize("engine", ["torch", "onednn"])
def test_the_logits_are_those_of_keras(answered, converted, engine, tmp_path):
    images, expected = answered
    assert len(set(expected.argmax(1))) >= 5 and 1 < expected.std() < 6  # they tell the images apart

    (tmp_path / "images.f32").write_bytes(images.transpose(0, 3, 1, 2).tobytes())
    got = np.frombuffer(output("logits_probe", MODEL, "logits", converted, tmp_path / "images.f32", engine, 1, "fp32",
                               SIDE), np.float32).reshape(expected.shape)
    assert np.abs(got - expected).max() < 1e-4 * expected.std()


def as_keras_documents_it(path):
    """[1, 224, 224, 3], in the words of keras.io's example."""
    picture = keras.utils.load_img(path, target_size=(224, 224))
    return keras.applications.resnet_v2.preprocess_input(np.expand_dims(keras.utils.img_to_array(picture), axis=0))


def test_the_pixels_are_those_that_keras_documents():
    expected = as_keras_documents_it(PICTURE)
    got = output("pixels_probe", PICTURE, "224x224", 224, "nearest", *[0.5] * 6, "interleaved_float32")
    assert got == expected.tobytes()


def test_a_converted_file_needs_no_further_words(net, converted):
    whole = keras.applications.ResNet50V2(weights=None, classifier_activation=None)  # at 224 pixels
    whole.set_weights(net.get_weights())
    logits = whole.predict_on_batch(as_keras_documents_it(PICTURE))[0]
    row = json.loads(output("imnet", "--weights", converted, "--format", "jsonl", PICTURE))
    assert [entry["index"] for entry in row["top"]] == list(np.argsort(-logits)[:5])


def test_the_commands_work_with_it(converted, tmp_path):
    assert "25,568,360 parameters" in output("imnet", "summary", "--weights", converted).decode()
    assert "conv2.block1.0_conv.weight" in output("imnet", "weights", "inspect", converted).decode()
    assert output("imnet", "explain", "--weights", converted, "--size", 64, "-o", tmp_path / "heat.png", PICTURE)

    for name in ("chelsea", "coffee"):
        (tmp_path / "train" / name).mkdir(parents=True)
        for i in range(3):
            shutil.copy(PICTURE.with_name(f"{name}.png"), tmp_path / "train" / name / f"{i}.png")
    output("imnet", "finetune", tmp_path / "train", "--weights", converted, "-o", tmp_path / "own.safetensors", "--size",
           SIDE, "--epochs", 1, "--freeze", "backbone", "--val", tmp_path / "train")
    row = json.loads(output("imnet", "--weights", tmp_path / "own.safetensors", "--format", "jsonl", PICTURE))
    assert {entry["label"] for entry in row["top"]} == {"chelsea", "coffee"}
    preprocessing = json.loads(safetensors.safe_open(tmp_path / "own.safetensors", "np").metadata()["preprocessing"])
    assert preprocessing["crop_mode"] == "squash" and preprocessing["interpolation"] == "nearest"


def test_the_published_file_becomes_the_published_weights(saved, tmp_path):
    """As if Keras had published this net."""
    script = (ROOT / "scripts" / "convert-keras").read_text()
    md5 = subprocess.run(["md5sum", saved["model"]], capture_output=True, text=True).stdout.split()[0]
    (tmp_path / "convert").write_text(script.replace("3ef43a0b657b3be2300d5770ece849e0", md5))
    cache = {"IMNET_CACHE": str(tmp_path / "cache")}
    missing = run("imnet", "--model", MODEL, PICTURE, **cache)
    assert missing.returncode == 3
    for part in ("resnet50v2_weights_tf_dim_ordering_tf_kernels.h5", "scripts/convert-keras"):
        assert part in missing.stderr.decode()
    assert run("imnet", "weights", "fetch", "--model", MODEL, **cache).returncode == 3

    subprocess.run([sys.executable, tmp_path / "convert", saved["model"]], env={**os.environ, **cache}, check=True)
    assert output("imnet", "weights", "path", "--model", MODEL, **cache).decode().startswith(cache["IMNET_CACHE"])
    assert len(output("imnet", "--model", MODEL, PICTURE, **cache).splitlines()) >= 1


def refused(done, *parts):
    line = done.stderr.decode()
    assert done.returncode == 1 and line.startswith("convert-keras: ") and line.count("\n") == 1
    for part in parts:
        assert part in line


def test_other_files_are_refused(saved, tmp_path):
    refused(convert(saved["model"]), "MD5", "-o")
    (tmp_path / "text.h5").write_text("no HDF5")
    refused(convert(tmp_path / "text.h5", "-o", tmp_path / "out"), "text.h5")
    for name, change in {"notop": {"predictions": None}, "another net": {"conv1_conv": "conv1"}}.items():
        with h5py.File(saved["model"]) as model, h5py.File(tmp_path / f"{name}.h5", "w") as file:
            for layer in model["model_weights"]:
                new = change.get(layer, layer)
                for field, array in model["model_weights"][layer].get(layer, {}).items():
                    if new is not None:
                        file[f"{new}/{new}/{field}"] = array[()]
    refused(convert(tmp_path / "notop.h5", "-o", tmp_path / "out"), "no classifier")
    refused(convert(tmp_path / "another net.h5", "-o", tmp_path / "out"), "not a ResNet50V2", "conv1_conv/kernel",
            "conv1/kernel")
    assert not (tmp_path / "out").exists()
