"""One net, saved by PyTorch in every common form. Each form gives the logits of the net.

Runs `logits_probe` from the build folder that IMNET_BUILD names, with torchvision beside it.
"""
import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the reference, PyTorch, is not installed")
pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
safetensors_torch = pytest.importorskip("safetensors.torch", reason="safetensors is not installed")

from random_weights import build, photographs, random_net  # noqa: E402

# A net of each family, as small as it has one.
FAMILIES = ["test_resnet", "resnetv2_18d", "seresnext26d_32x4d", "ecaresnet26t", "resnet50_gn", "resnetv2_50x1_bit",
            "tf_efficientnet_lite0"]


def prefixed(prefix, state):
    return {prefix + name: tensor for name, tensor in state.items()}


def save_training(path, state, arch="resnet18"):
    net = torch.nn.Linear(2, 2)
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    torch.save({"epoch": 7, "arch": arch, "state_dict": prefixed("module.", state), "best_acc1": torch.tensor(70.0),
                "optimizer": optimizer.state_dict()}, path)


def save_shards(path, state):
    path.mkdir()
    names = list(state)
    shards = {"model-00001-of-00002.safetensors": names[:50], "model-00002-of-00002.safetensors": names[50:]}
    for shard, held in shards.items():
        safetensors_torch.save_file({name: state[name].contiguous() for name in held}, path / shard)
    weight_map = {name: shard for shard, held in shards.items() for name in held}
    (path / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))


def save_folder(path, state):
    path.mkdir()
    (path / "config.json").write_text("{}")
    torch.save(state, path / "pytorch_model.bin")


FORMS = {
    "zip": lambda path, state: torch.save(state, path),
    "legacy": lambda path, state: torch.save(state, path, _use_new_zipfile_serialization=False),
    "safetensors": lambda path, state: safetensors_torch.save_file({n: t.contiguous() for n, t in state.items()}, path),
    "shards": save_shards,
    "folder": save_folder,
    "training": save_training,
    "model": lambda path, state: torch.save({"model": state}, path),
    "model_state_dict": lambda path, state: torch.save({"model_state_dict": prefixed("_orig_mod.", state)}, path),
    "ema alone": lambda path, state: torch.save({"ema": prefixed("model.", state)}, path),
    "legacy, wrapped": lambda path, state: torch.save({"state_dict": prefixed("backbone.", state)}, path,
                                                      _use_new_zipfile_serialization=False),
    "float64": lambda path, state: torch.save({n: t.double() for n, t in state.items()}, path),
    "strided": lambda path, state: torch.save(
        {n: t.transpose(0, 1).contiguous().transpose(0, 1) if t.dim() > 1 else t for n, t in state.items()}, path),
    "parameters": lambda path, state: torch.save(
        {n: torch.nn.Parameter(t) if t.is_floating_point() else t for n, t in state.items()}, path),
}


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """The state dict of the net, a file with images, and the logits for them."""
    net = random_net("resnet18")
    images = photographs(4, seed=5)
    path = tmp_path_factory.mktemp("images") / "images.raw"
    path.write_bytes(images.numpy().astype("<f4").tobytes())
    with torch.no_grad():
        return net.state_dict(), path, net.eval()(images).numpy()


def logits(weights, images):
    build_folder = os.environ.get("IMNET_BUILD")
    if build_folder is None:
        pytest.skip("IMNET_BUILD does not name a build folder")
    done = subprocess.run([Path(build_folder) / "bin" / "logits_probe", "resnet18", "logits", weights, images],
                          capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return np.frombuffer(done.stdout, "<f4").reshape(4, -1)


@pytest.mark.parametrize("form", FORMS)
def test_logits_are_those_of_the_net_that_was_saved(answered, tmp_path, form):
    state, images, expected = answered
    FORMS[form](tmp_path / "weights", state)
    assert np.abs(logits(tmp_path / "weights", images) - expected).max() < 1e-4 * expected.std()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_gives_the_logits_of_the_rounded_net(answered, tmp_path, dtype):
    state, images, _ = answered
    rounded = {name: tensor.to(dtype) if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    torch.save(rounded, tmp_path / "half.pth")
    import torchvision

    net = torchvision.models.resnet18()
    net.load_state_dict({name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in rounded.items()})
    pictures = torch.from_numpy(np.fromfile(images, "<f4").reshape(4, 3, 224, 224))
    with torch.no_grad():
        expected = net.eval()(pictures).numpy()
    assert np.abs(logits(tmp_path / "half.pth", images) - expected).max() < 1e-4 * expected.std()


@pytest.mark.parametrize("name", FAMILIES)
def test_a_net_of_each_family_is_recognised_in_the_usual_forms(tmp_path, name):
    pytest.importorskip("timm", reason="the reference, timm, is not installed")
    program = Path(os.environ["IMNET_BUILD"]) / "bin" / "imnet"
    state = build(name, classes=10).state_dict()
    save_training(tmp_path / "training", state, arch=name)
    for form in ("folder", "ema alone", "legacy, wrapped"):
        FORMS[form](tmp_path / form, state)
    for path in sorted(tmp_path.iterdir()):
        done = subprocess.run([program, "weights", "inspect", "--format", "json", path], capture_output=True)
        report = json.loads(done.stdout)
        assert (report["architecture"], report["classes"]) == (name, 10), path.name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
