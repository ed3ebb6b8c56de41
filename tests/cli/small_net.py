"""A fast net and images for it, for tests of long runs. The net is a ResNet-18 for 32×32 pixels, as a folder of the
Hugging Face hub whose config.json states that size."""
import json
import random

import pytest

import checkpoints
from program import imnet

CLASSES = 7


@pytest.fixture(scope="session")
def net(tmp_path_factory):
    """The folder of the net."""
    folder = tmp_path_factory.mktemp("net")
    checkpoints.write(folder / "model.safetensors", list(checkpoints.resnet18(CLASSES)))
    (folder / "config.json").write_text(json.dumps({"pretrained_cfg": {
        "input_size": [3, 32, 32], "crop_pct": 1, "interpolation": "bilinear",
        "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}}))
    return folder


def write_pictures(folder, count, seed=1, first=0):
    """Writes images that are all different; every eleventh file is not an image."""
    dice = random.Random(seed)
    folder.mkdir(exist_ok=True)
    for number in range(first, first + count):
        pixels = dice.randbytes(12 * 10 * 3) if hasattr(dice, "randbytes") else bytes(
            dice.randrange(256) for _ in range(360))
        (folder / f"{number:05}.ppm").write_bytes(
            b"no picture" if number % 11 == 7 else b"P6\n12 10\n255\n" + pixels)
    return folder


def words(net, *more):
    """The program and the options of every run."""
    return "-q", "--weights", net, "--threads", "2", "-k", "3", *more


def run(net, *more, **environment):
    return imnet(*words(net, *more), **environment)


def record(output):
    return json.loads(output.with_name(output.name + ".run.json").read_text())
