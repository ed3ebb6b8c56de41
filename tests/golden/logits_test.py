"""The nets equal PyTorch's: description, parameters, random initialisation and logits.

Runs `logits_probe` from the build folder that IMNET_BUILD names, with torchvision and timm beside it.
"""

import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the reference, PyTorch, is not installed")
pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
pytest.importorskip("timm", reason="the reference, timm, is not installed")
safetensors_torch = pytest.importorskip("safetensors.torch", reason="safetensors is not installed")

from random_weights import TIMM, TORCHVISION, build, photographs, random_net  # noqa: E402

ALL = TORCHVISION + TIMM
ANSWERING = ["resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "resnetv2_50", "tf_efficientnet_lite0"]
PICTURES = 9


@pytest.fixture(scope="module")
def probe():
    build_folder = os.environ.get("IMNET_BUILD")
    if build_folder is None:
        pytest.skip("IMNET_BUILD does not name a build folder")
    program = Path(build_folder) / "bin" / "logits_probe"

    def run(*arguments):
        done = subprocess.run([program, *map(str, arguments)], capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run


@pytest.mark.parametrize("name", ALL)
def test_same_description(probe, name):
    net = build(name)
    assert probe(name, "print").decode() == f"{net}\n"

    state = [f"{key} {list(tensor.shape)}" for key, tensor in net.state_dict().items()]
    total = sum(parameter.numel() for parameter in net.parameters())
    assert probe(name, "parameters").decode().splitlines() == [*state, f"total {total}"]


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnetv2_50", "tf_efficientnet_lite1", "test_resnet"])
def test_same_output_shapes(probe, name):
    net = build(name).eval()
    shapes = {}
    for path, module in net.named_modules():
        module.register_forward_hook(
            lambda module, inputs, output, path=path: shapes.update({path: list(output.shape)}))
    with torch.no_grad():
        net(torch.zeros(1, 3, 224, 224))

    counts = {path: sum(p.numel() for p in module.parameters()) for path, module in net.named_modules()}
    path = []
    shown = 0
    for line in probe(name, "summary").decode().splitlines()[1:]:
        opened = re.match(r"( *)(?:\((\w+)\): )?[A-Z]\w+\(.*?(?:  +(\[[\d, ]+\]))?(?: +([\d,]+))?$", line)
        if opened is None:
            continue
        indent, label, shape, count = opened.groups()
        path = path[: len(indent) // 2 - 1] + [label] if label else []
        key = ".".join(path)
        assert int((count or "0").replace(",", "")) == counts[key], key
        if shape is not None:
            assert shape == str(shapes[key]), key
            shown += 1
    computing = [path for path in shapes if not isinstance(net.get_submodule(path), torch.nn.Identity)]
    assert shown > len(computing) * 0.6


@pytest.mark.parametrize("name", ["resnet18", "resnext50_32x4d", "resnetv2_50", "tf_efficientnet_lite1", "test_resnet",
                                  "seresnext26d_32x4d", "ecaresnet26t"])
@pytest.mark.parametrize("seed", [0, 2**40 + 7])
def test_same_random_initialisation(probe, name, seed):
    torch.manual_seed(seed)
    expected = [tensor for tensor in build(name).state_dict().values() if tensor.is_floating_point()]
    got = np.frombuffer(probe(name, "random", seed), np.float32)
    assert got.size == sum(tensor.numel() for tensor in expected)
    for tensor in expected:
        mine, got = got[: tensor.numel()], got[tensor.numel() :]
        # log, sin and cos differ in the last digits, so the relative difference of small values is larger.
        np.testing.assert_allclose(mine, tensor.numpy().ravel(), rtol=1e-6, atol=1e-6 * tensor.abs().max().item())


@pytest.fixture(scope="module")
def tensor_file(tmp_path_factory):
    images = photographs(PICTURES, seed=99)
    path = tmp_path_factory.mktemp("pictures") / "pictures.f32"
    path.write_bytes(images.numpy().tobytes())
    return images, path


@pytest.fixture(scope="module", params=ANSWERING)
def answered(request, tensor_file, tmp_path_factory):
    """The name, the checkpoints by container, and the reference's logits for the images."""
    net = random_net(request.param)
    folder = tmp_path_factory.mktemp(request.param)
    checkpoints = {"torch.save": folder / "net.pth", "safetensors": folder / "net.safetensors"}
    torch.save(net.state_dict(), checkpoints["torch.save"])
    safetensors_torch.save_file(net.state_dict(), checkpoints["safetensors"])
    with torch.no_grad():
        logits = torch.cat([net(image[None]) for image in tensor_file[0]]).numpy()
    yield request.param, checkpoints, logits
    for checkpoint in checkpoints.values():
        checkpoint.unlink()


# Every pair of container, threads and engine once.
@pytest.mark.parametrize("container, threads, engine", [
    ("torch.save", 1, "onednn"), ("safetensors", 2, "onednn"), ("torch.save", 2, "torch"), ("safetensors", 1, "torch")])
def test_same_logits(probe, answered, tensor_file, container, threads, engine):
    name, checkpoints, expected = answered
    # The net must tell the images apart: otherwise equal logits would prove nothing.
    assert len(set(expected.argmax(1))) >= PICTURES // 2
    assert 1 < expected.std() < 6

    got = np.frombuffer(probe(name, "logits", checkpoints[container], tensor_file[1], engine, threads), np.float32)
    got = got.reshape(expected.shape)
    assert np.abs(got - expected).max() < 1e-4 * expected.std()
    np.testing.assert_array_equal(np.argsort(-got)[:, :5], np.argsort(-expected)[:, :5])
