"""Grad-CAM equals an implementation with PyTorch's hooks.

Runs `grad_cam_probe` from the build folder that IMNET_BUILD names, with torchvision and timm beside it.
"""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the reference, PyTorch, is not installed")
pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
pytest.importorskip("timm", reason="the reference, timm, is not installed")

from random_weights import photographs, random_net  # noqa: E402

PICTURES = 2


def last_maps(net):
    """The module whose output the head averages."""
    return net.norm if hasattr(net, "norm") and hasattr(net, "head") else net.layer4


def grad_cam(net, image, index):
    """image [3, H, W] → logits, and the heat [h, w] of that class, with forward and backward hooks."""
    seen = {}

    def forward(module, inputs, output):
        seen["maps"] = output.detach().clone()
        output.register_hook(lambda gradient: seen.update(gradient=gradient.clone()))

    hook = last_maps(net).register_forward_hook(forward)
    logits = net(image[None])
    hook.remove()
    net.zero_grad()
    logits[0, index].backward()
    weights = seen["gradient"].mean((2, 3))[0]
    return logits[0].detach(), torch.einsum("c,chw->hw", weights, seen["maps"][0]).clamp_min(0)


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnetv2_50"])
def test_same_heat(name, tmp_path):
    if "IMNET_BUILD" not in os.environ:
        pytest.skip("IMNET_BUILD does not name a build folder")
    program = Path(os.environ["IMNET_BUILD"]) / "bin" / "grad_cam_probe"
    net = random_net(name)
    torch.save(net.state_dict(), tmp_path / "net.pth")
    for image in photographs(PICTURES, seed=7):
        (tmp_path / "image.f32").write_bytes(image.numpy().tobytes())
        with torch.no_grad():
            ranking = net(image[None])[0].argsort(descending=True)
        classes = [int(ranking[0]), int(ranking[500]), int(ranking[-1])]
        done = subprocess.run([program, name, tmp_path / "net.pth", tmp_path / "image.f32", *map(str, classes)],
                              capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        got = np.frombuffer(done.stdout, np.float32)
        logits, heats = got[:1000], got[1000:].reshape(len(classes), 7, 7)
        for index, heat in zip(classes, heats):
            expected_logits, expected = (tensor.numpy() for tensor in grad_cam(net, image, index))
            assert np.abs(logits - expected_logits).max() < 1e-4 * expected_logits.std()
            # The channels of a cell may almost cancel, so the tolerance is relative to the whole map.
            scale = np.abs(expected).max()
            assert np.abs(heat - expected).max() < 1e-4 * max(scale, expected_logits.std() / heat.size)
            if index == classes[0]:
                assert scale > 0 and expected.std() > 0.05 * scale  # the map is not almost zero
