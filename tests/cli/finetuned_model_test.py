"""The model that imnet finetune writes, loaded by the lines of the manual into torchvision."""
import json
import re
import shutil
import subprocess
import sys

import pytest

import checkpoints
from class_folders import CLASSES
from finetune_test import finetune, pictures  # noqa: F401
from program import ROOT, imnet


def snippet():
    """The lines of docs/training.md that load a model into torchvision."""
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / "training.md").read_text(), re.M | re.S)
    return next(block for block in blocks if "load_state_dict" in block)


SHOW = """
import torch
from PIL import Image
recipe = json.loads(safetensors.safe_open("leaves.safetensors", "pt").metadata()["preprocessing"])
transforms = torchvision.transforms.Compose([
    torchvision.transforms.Resize(recipe["resize"]), torchvision.transforms.CenterCrop(recipe["crop"]),
    torchvision.transforms.ToTensor(), torchvision.transforms.Normalize(recipe["mean"], recipe["std"])])
with torch.no_grad():
    answer = net(transforms(Image.open("picture.png").convert("RGB"))[None]).softmax(1)[0]
print(json.dumps(dict(zip(names, answer.tolist()))))
"""


def test_torchvision_loads_the_model(pictures, tmp_path):
    pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    assert len(snippet().splitlines()) == 5
    parent = checkpoints.write(tmp_path / "parent.safetensors", checkpoints.resnet50(10))
    output = tmp_path / "leaves.safetensors"
    words = ["--size", "32", "--threads", "1", "--freeze", "until layer4", "--epochs", "1", "--val", pictures]
    done = finetune(pictures, output, "--model", "resnet50", "--weights", parent, *words)
    assert done.returncode == 0, done.stderr.decode()
    parent.unlink()
    shutil.copy(pictures / "stripes" / "03.png", tmp_path / "picture.png")
    shown = subprocess.run([sys.executable, "-c", snippet() + SHOW], cwd=tmp_path, capture_output=True)
    assert shown.returncode == 0, shown.stderr.decode()
    theirs = json.loads(shown.stdout)
    done = imnet("--weights", output, "--format", "jsonl", tmp_path / "picture.png")
    mine = {label["label"]: label["prob"] for label in json.loads(done.stdout)["top"]}
    assert mine.keys() == theirs.keys() == set(CLASSES)
    for name, probability in mine.items():
        assert probability == pytest.approx(theirs[name], abs=1e-4)
