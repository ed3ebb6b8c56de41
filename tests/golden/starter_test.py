"""starter and PyTorch make the same predictions, image by image, on the data that weights/README.md names.

Needs ../shared/data/tiny-imagenet-200-32px.tar.xz beside the project; skips where it is not there. PyTorch loads
the same file into torchvision's net and preprocesses the images with Pillow and torchvision's transforms.
"""
import json
import os
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the reference, PyTorch, is not installed")
torchvision = pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
safetensors = pytest.importorskip("safetensors", reason="safetensors is not installed")
from PIL import Image  # noqa: E402
from safetensors.torch import load_file  # noqa: E402
from torchvision import transforms  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "tiny-imagenet-200-32px.tar.xz"
MODEL = ROOT / "weights" / "starter.safetensors"
CARD = ROOT / "weights" / "README.md"
BUILD = Path(os.environ.get("IMNET_BUILD", ROOT / "build" / "release"))

pytestmark = [
    pytest.mark.skipif(not DATA.exists(), reason="the pictures of Tiny ImageNet are not beside the project"),
    pytest.mark.skipif(not MODEL.exists(), reason="weights/starter.safetensors is not there"),
]


@pytest.fixture(scope="module")
def val(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    with tarfile.open(DATA) as archive:
        archive.extractall(folder, [member for member in archive if member.name.startswith("t200/val/")])
    return folder / "t200" / "val"


@pytest.fixture(scope="module")
def reference(val):
    """{path: (wnid of the folder, wnid that PyTorch predicts)}."""
    with safetensors.safe_open(MODEL, "pt") as file:
        metadata = file.metadata()
    wnids, recipe = json.loads(metadata["wnids"]), json.loads(metadata["preprocessing"])
    net = getattr(torchvision.models, metadata["architecture"])(num_classes=len(wnids))
    net.load_state_dict({name: tensor.float() for name, tensor in load_file(MODEL).items()})
    net.eval()
    prepare = transforms.Compose([
        transforms.Resize(recipe["resize"]), transforms.CenterCrop(recipe["crop"]), transforms.ToTensor(),
        transforms.Normalize(recipe["mean"], recipe["std"])])
    paths = sorted(val.rglob("*.*"))
    answers = {}
    with torch.no_grad():
        for first in range(0, len(paths), 250):
            some = paths[first:first + 250]
            batch = torch.stack([prepare(Image.open(path).convert("RGB")) for path in some])
            for path, index in zip(some, net(batch).argmax(1)):
                answers[str(path)] = (path.parent.name, wnids[index])
    return answers


def imnet(*words):
    done = subprocess.run([BUILD / "bin" / "imnet", *words], capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def wrong(answers):
    return sorted(path for path, (truth, answer) in answers.items() if truth != answer)


def test_the_same_images_are_misclassified_as_by_pytorch(val, reference):
    listed = imnet("eval", "--model", "starter", "-q", "--wrong", "-0", val).decode().split("\0")[:-1]
    assert sorted(listed) == wrong(reference)


def test_the_card_states_this_accuracy(reference):
    right = len(reference) - len(wrong(reference))
    stated = re.search(r"(\d\d\.\d\d) % top-1", CARD.read_text())
    assert f"{100 * right / len(reference):.2f}" == stated[1]
