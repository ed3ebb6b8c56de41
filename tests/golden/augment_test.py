"""Augmented training images equal those of torchvision's transforms, bit for bit.

Runs `augment_probe` from the build folder that IMNET_BUILD names.
"""

import io
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PIL", reason="the reference, Pillow, is not installed")
torch = pytest.importorskip("torch", reason="the reference, PyTorch, is not installed")
torchvision = pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
from PIL import Image  # noqa: E402
from torchvision import transforms  # noqa: E402
from torchvision.transforms import functional  # noqa: E402

import pictures  # noqa: E402

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
# Size, interpolation, scale, ratio, probability of a flip; brightness, contrast, saturation and hue.
SETTINGS = {
    "ImageNet": "224 bilinear 0.08 1 0.75 1.3333333333333333 0.5 0 0 0 0",
    "small": "32 bilinear 0.08 1 0.75 1.3333333333333333 0.5 0 0 0 0",
    "bicubic": "48 bicubic 0.35 1 0.75 1.3333333333333333 0.5 0 0 0 0",
    "whole": "40 bilinear 1 1 1 1 0 0 0 0 0",
    "narrow": "17 bicubic 0.01 0.3 0.3 0.6 0.9 0 0 0 0",
    "brightness": "32 bilinear 0.08 1 0.75 1.3333333333333333 0.5 0.4 0 0 0",
    "contrast": "32 bilinear 0.08 1 0.75 1.3333333333333333 0.5 0 1.5 0 0",
    "saturation": "32 bilinear 0.08 1 0.75 1.3333333333333333 0.5 0 0 2 0",
    "hue": "32 bilinear 0.08 1 0.75 1.3333333333333333 0.5 0 0 0 0.5",
    "all colours": "64 bicubic 0.2 1 0.75 1.3333333333333333 0.5 0.4 0.4 0.4 0.1",
}
PICTURES = {
    **{f"{width}x{height}.png": pictures.saved(pictures.photograph(width, height), "PNG", compress_level=1)
       for width, height in ((32, 32), (500, 375), (333, 500), (1, 1), (1, 300), (300, 1), (2, 3), (700, 9))},
    "grey.png": pictures.saved(pictures.photograph(120, 90, "L"), "PNG"),
    "noise.png": pictures.saved(Image.fromarray(
        np.random.default_rng(6).integers(256, size=(64, 64, 3), dtype=np.uint8)), "PNG"),
}


def reference(settings):
    """torchvision's training transforms with that seed: PIL image -> [size, size, 3] float32."""
    size, interpolation, *numbers = settings.split()
    numbers = [float(number) for number in numbers]
    colours = [transforms.ColorJitter(*numbers[5:])] if any(numbers[5:]) else []
    transform = transforms.Compose([
        transforms.RandomResizedCrop(int(size), tuple(numbers[:2]), tuple(numbers[2:4]),
                                     transforms.InterpolationMode(interpolation)),
        transforms.RandomHorizontalFlip(numbers[4]), *colours, transforms.ToTensor(),
        transforms.Normalize(MEAN, STD)])

    def augmented(image, seed):
        torch.manual_seed(seed)
        return transform(image).permute(1, 2, 0).contiguous().numpy()

    return augmented


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    build_folder = os.environ.get("IMNET_BUILD")
    if build_folder is None:
        pytest.skip("IMNET_BUILD does not name a build folder")
    program = Path(build_folder) / "bin" / "augment_probe"
    file = tmp_path_factory.mktemp("pictures") / "picture.png"

    def run(data, *arguments):
        file.write_bytes(data)
        return subprocess.run([program, file, *map(str, arguments)], capture_output=True, check=True).stdout

    return run


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("name", PICTURES)
def test_augments_as_torchvision(probe, name, settings):
    first_seed, count = 1000, 10 if settings == "ImageNet" else 40
    image = Image.open(io.BytesIO(PICTURES[name])).convert("RGB")
    augmented = reference(SETTINGS[settings])
    expected = np.stack([augmented(image, first_seed + i) for i in range(count)])
    seen = np.frombuffer(probe(PICTURES[name], *SETTINGS[settings].split(), first_seed, count), np.float32)
    seen = seen.reshape(expected.shape)
    # Compare bytes, not values, so that −0 differs from 0.
    different = [first_seed + i for i in range(count) if seen[i].tobytes() != expected[i].tobytes()]
    assert different == []


@pytest.mark.parametrize("seed", [0, 2 ** 32 - 1, 2 ** 32 + 7, 2 ** 63 - 1])
def test_seeds_give_the_numbers_of_pytorch(probe, seed):
    image = Image.open(io.BytesIO(PICTURES["32x32.png"])).convert("RGB")
    seen = probe(PICTURES["32x32.png"], *SETTINGS["small"].split(), seed, 1)
    assert seen == reference(SETTINGS["small"])(image, seed).tobytes()


ALL_COLOURS = np.stack(np.meshgrid(*[np.arange(256, dtype=np.uint8)] * 3, indexing="ij"), -1).reshape(4096, 4096, 3)


@pytest.mark.parametrize("what", ["brightness", "contrast", "saturation", "hue"])
def test_adjusts_every_colour_as_torchvision(probe, what):
    image = Image.fromarray(ALL_COLOURS)
    adjust = getattr(functional, f"adjust_{what}")
    data = pictures.saved(image, "PPM")
    for factor in {"hue": (0, 0.1, -0.37, 0.5)}.get(what, (0, 0.37, 1, 1.63, 3)):
        assert probe(data, what, factor) == adjust(image, factor).tobytes(), factor
