"""Nets of Hugging Face transformers, saved as its users save them: tensor names, class names and logits.

Runs the programs of the build folder that IMNET_BUILD names, with transformers beside them.
"""
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
transformers = pytest.importorskip("transformers", reason="Hugging Face transformers is not installed")

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NETS = {
    "resnet18": {"layer_type": "basic", "hidden_sizes": [64, 128, 256, 512], "depths": [2, 2, 2, 2]},
    "resnet50": {"layer_type": "bottleneck", "hidden_sizes": [256, 512, 1024, 2048], "depths": [3, 4, 6, 3]},
}


def program(name, *words):
    if "IMNET_BUILD" not in os.environ:
        pytest.skip("IMNET_BUILD does not name a build folder")
    done = subprocess.run([Path(os.environ["IMNET_BUILD"]) / "bin" / name, *words], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def random_net(name):
    """A net whose batch norms are not the identity, so that confused tensor names would be noticed."""
    torch.manual_seed(0)
    config = transformers.ResNetConfig(**NETS[name], id2label={0: "cat", 1: "dog", 2: "horse"})
    net = transformers.ResNetForImageClassification(config)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.3, 0.7)
            torch.nn.init.normal_(module.bias, std=0.1)
            torch.nn.init.normal_(module.running_mean, std=0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    return net.eval()


@pytest.mark.parametrize("name", NETS)
def test_logits_are_those_of_transformers(name, tmp_path):
    net = random_net(name)
    net.save_pretrained(tmp_path / "net")
    images = torch.randn(6, 3, 224, 224)
    (tmp_path / "images.raw").write_bytes(images.numpy().astype("<f4").tobytes())
    with torch.no_grad():
        expected = net(images).logits.numpy()
    logits = np.frombuffer(program("logits_probe", name, "logits", tmp_path / "net", tmp_path / "images.raw"), "<f4")
    assert np.abs(logits.reshape(expected.shape) - expected).max() < 1e-4 * expected.std()


def test_the_architecture_and_the_class_names_are_recognised(tmp_path):
    random_net("resnet18").save_pretrained(tmp_path)
    top = json.loads(program("imnet", "--weights", tmp_path, "--format", "jsonl", SAMPLES / "rocket.jpg"))["top"]
    assert sorted(entry["label"] for entry in top) == ["cat", "dog", "horse"]


def test_strides_on_another_convolution_are_refused(tmp_path):
    config = transformers.ResNetConfig(**NETS["resnet50"], downsample_in_bottleneck=True)
    transformers.ResNetForImageClassification(config).save_pretrained(tmp_path)
    if "IMNET_BUILD" not in os.environ:
        pytest.skip("IMNET_BUILD does not name a build folder")
    program_path = Path(os.environ["IMNET_BUILD"]) / "bin" / "imnet"
    done = subprocess.run([program_path, "--weights", tmp_path, SAMPLES / "rocket.jpg"], capture_output=True)
    assert done.returncode == 3 and b"downsample_in_bottleneck" in done.stderr
