"""Training steps compared with PyTorch's loop, from the same weights and batches.

Runs `training_probe` from the build folder that IMNET_BUILD names. Programs that add in different orders differ in
the last digits, and the difference depends on the net and the batch. So the tolerance comes from PyTorch: its loop in
float64 is the reference, and the program may differ from it by as much as PyTorch's float32 (or bfloat16) loop does,
times a margin. Differences are root mean squares over a tensor.
"""

import contextlib
import os
import subprocess
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the reference, PyTorch, is not installed")
pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
pytest.importorskip("timm", reason="the reference, timm, is not installed")
safetensors_torch = pytest.importorskip("safetensors.torch", reason="safetensors is not installed")

from random_weights import build, ends_branch  # noqa: E402

CLASSES = 5
COUNT = 8
SIDE = 32
# The rounding errors of the two programs have the same size but are not equal: for one tensor they may differ by a
# small factor. Mistakes (a norm with weight decay, a moment of the wrong step, another mean in the loss) cost far more.
MARGIN = 4
# One program may add pairwise and the other one by one. Then a sum of n numbers differs by about sqrt(n)/2 roundings of
# 2^-24. The longest sum here, the mean of a norm, has COUNT * 16 * 16 numbers: 2^-19.5.
ROUNDING = 2.0 ** -18
# A value before a ReLU that is almost 0 may be positive in one program and not in the other. A batch has about a
# million values, of which this happens to a few. In a channel with few values the gradient then changes by some per
# cent: PyTorch's float32 loop differs from float64 by up to 5 % with some batches, and by 1e-5 with others. So whole
# nets test the graph, where a mistake costs far more. A head, which has no ReLU, tests loss, clipping and optimizers to
# the last digits. Adam's first steps have the size lr wherever the gradient is not 0, so if one in a hundred small gradients has
# another sign, the difference is 2 * sqrt(1/100).
FLIPS = 0.1
FLIPS_BY_ADAM = 0.3


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    build_folder = os.environ.get("IMNET_BUILD")
    if build_folder is None:
        pytest.skip("IMNET_BUILD does not name a build folder")
    program = Path(build_folder) / "bin" / "training_probe"
    folder = tmp_path_factory.mktemp("training")

    def run(model, state_dict, inputs, targets, **settings):
        """inputs [steps, count, 3, H, W] or [steps, count, features], targets [steps, count, classes]."""
        if inputs.dim() == 5:
            inputs = inputs.permute(0, 1, 3, 4, 2)
        safetensors_torch.save_file({key: value.contiguous() for key, value in state_dict.items()},
                                    folder / "net.safetensors")
        safetensors_torch.save_file({"inputs": inputs.contiguous(), "targets": targets.contiguous()},
                                    folder / "batches.safetensors")
        words = [f"{name}={value}" for name, value in settings.items()]
        done = subprocess.run([program, model, folder / "net.safetensors", folder / "batches.safetensors",
                               folder / "out.safetensors", *words], capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return safetensors_torch.load_file(folder / "out.safetensors")

    return run


def start(name):
    """A net with random norms and statistics. Its residual branches are small: otherwise each block would amplify
    rounding errors."""
    torch.manual_seed(3)
    net = build(name, CLASSES)
    with torch.no_grad():
        for path, norm in net.named_modules():
            if not isinstance(norm, torch.nn.BatchNorm2d):
                continue
            norm.weight.uniform_(*((0.1, 0.5) if ends_branch(net, path) else (0.5, 1.5)))
            norm.bias.normal_(0, 0.2)
            norm.running_mean.normal_(0, 0.2)
            norm.running_var.uniform_(0.5, 1.5)
    return net


def batches(steps=1, soft=False, shape=(3, SIDE, SIDE)):
    draw = torch.Generator().manual_seed(11)
    inputs = torch.randn(steps, COUNT, *shape, generator=draw)
    labels = torch.randint(CLASSES, (steps, COUNT), generator=draw)
    targets = torch.nn.functional.one_hot(labels, CLASSES).float()
    if soft:  # as after MixUp
        targets = 0.3 * targets + 0.7 * targets.roll(1, 1)
    return inputs, targets


def parts(net, frozen_stages):
    """The modules that are not trained."""
    if frozen_stages == 0:
        return []
    if hasattr(net, "stem"):
        return [net.stem, *net.stages[:frozen_stages]]
    return [net.conv1, net.bn1, *[getattr(net, f"layer{i + 1}") for i in range(frozen_stages)]]


def pytorch_loop(net, inputs, targets, dtype=torch.float32, *, optimizer, lr=0.001, weight_decay=0.0, momentum=0.9,
                 clip_norm=0.0, smoothing=0.0, class_weights=None, frozen_stages=0, precision="fp32"):
    """The training loop of a PyTorch user, with the results that the probe writes. It uses channels-last as the program
    does: then PyTorch's norms add in float32, otherwise in float64."""
    layout = torch.channels_last if inputs.dim() == 5 else torch.contiguous_format
    net = net.to(dtype).to(memory_format=layout).train()
    for part in parts(net, frozen_stages):
        part.eval().requires_grad_(False)
    moving = {name: parameter for name, parameter in net.named_parameters() if parameter.requires_grad}
    groups = [{"params": [p for p in moving.values() if p.dim() > 1], "weight_decay": weight_decay},
              {"params": [p for p in moving.values() if p.dim() <= 1], "weight_decay": 0.0}]
    if optimizer == "sgd":
        steps = torch.optim.SGD(groups, lr=lr, momentum=momentum)
    else:
        steps = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[optimizer](groups, lr=lr)
    weights = None if class_weights is None else torch.tensor(class_weights, dtype=dtype)
    criterion = torch.nn.CrossEntropyLoss(weights, label_smoothing=smoothing)
    autocast = precision == "bf16" and dtype == torch.float32
    result = {"losses": [], "norms": []}
    for batch, wanted in zip(inputs.to(dtype), targets.to(dtype)):
        steps.zero_grad()
        if bool(((wanted == 0) | (wanted == 1)).all()):
            wanted = wanted.argmax(1)  # class indices, as a data loader gives them
        with torch.autocast("cpu", torch.bfloat16) if autocast else contextlib.nullcontext():
            answer = net(batch.contiguous(memory_format=layout))
        loss = criterion(answer.to(dtype), wanted)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(moving.values(), clip_norm or float("inf"))
        steps.step()
        result["losses"].append(loss.detach())
        result["norms"].append(norm)
    result = {name: torch.stack(values) for name, values in result.items()}
    result.update({f"gradients/{name}": parameter.grad for name, parameter in moving.items()})
    result.update({f"weights/{name}": tensor.detach() for name, tensor in net.state_dict().items()
                   if tensor.is_floating_point()})
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16) if autocast else contextlib.nullcontext():
        result["logits"] = net.eval()(inputs[-1].to(dtype).contiguous(memory_format=layout))
    return {name: tensor.double() for name, tensor in result.items()}


def distance(a, b):
    return (a.double() - b.double()).pow(2).mean().sqrt().item()


def compare(probe, name, make, inputs, targets, **settings):
    """`make()` returns the net to start with, the same each time."""
    before = {key: value for key, value in make().state_dict().items() if value.is_floating_point()}
    truth = pytorch_loop(make(), inputs, targets, torch.float64, **settings)
    pytorch = pytorch_loop(make(), inputs, targets, **settings)
    words = {key: ",".join(map(str, value)) if key == "class_weights" else value for key, value in settings.items()}
    mine = probe(name, before, inputs, targets, **words, **({"part": "head"} if inputs.dim() == 3 else {}))

    flips = 0 if inputs.dim() == 3 else FLIPS if settings["optimizer"] == "sgd" else FLIPS_BY_ADAM
    assert mine.keys() == truth.keys()
    for key, expected in truth.items():
        assert mine[key].shape == expected.shape, key
        allowed = MARGIN * distance(pytorch[key], expected) + ROUNDING * size(expected)
        if key.startswith("weights/") and "running" not in key:
            allowed += flips * distance(expected, before[key.removeprefix("weights/")])
        elif key.startswith(("gradients/", "norms", "logits")):
            allowed += flips * size(expected)
        assert distance(mine[key], expected) <= allowed, key
    return before, mine, truth


def size(tensor):
    return distance(tensor, torch.zeros(()))


ADAM = {"optimizer": "adam", "weight_decay": 0.01}
ADAMW = {"optimizer": "adamw", "weight_decay": 0.05}
SGD = {"optimizer": "sgd", "weight_decay": 0.01, "lr": 0.05}


OPTIMIZERS = pytest.mark.parametrize("settings", [ADAM, ADAMW, SGD, {**SGD, "momentum": 0}],
                                     ids=["adam", "adamw", "sgd", "sgd without momentum"])


@pytest.mark.parametrize("name, settings", [
    ("resnet18", ADAM), ("resnet18", ADAMW), ("resnet18", SGD), ("resnet50", SGD), ("resnetv2_50", SGD),
    ("resnext50_32x4d", SGD)], ids=lambda value: value if isinstance(value, str) else value["optimizer"])
def test_one_step(probe, name, settings):
    inputs, targets = batches()
    before, mine, _ = compare(probe, name, lambda: start(name), inputs, targets, **settings)
    for key, tensor in before.items():
        assert distance(tensor, mine["weights/" + key]) > 1e-5 * size(tensor), key


@pytest.mark.parametrize("name", ["resnet18", "resnetv2_50"])
def test_frozen_until_the_second_stage(probe, name):
    inputs, targets = batches()
    before, mine, _ = compare(probe, name, lambda: start(name), inputs, targets, frozen_stages=2, **SGD)
    frozen = ("conv1.", "bn1.", "layer1.", "layer2.", "stem.", "stages.0.", "stages.1.")
    for key, tensor in before.items():
        assert torch.equal(tensor, mine["weights/" + key]) == key.startswith(frozen), key
    assert not any(key.startswith(tuple("gradients/" + part for part in frozen)) for key in mine)


class Head(torch.nn.Module):
    """A head without its net, under the name that it has in the net."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(5)
        self.fc = torch.nn.Linear(512, CLASSES)

    def forward(self, features):
        return self.fc(features)


@OPTIMIZERS
def test_steps_of_a_head(probe, settings):
    inputs, targets = batches(steps=5, shape=(512,))
    compare(probe, "resnet18", Head, inputs, targets, **settings)


WEIGHTS = {"class_weights": [0.2, 3.0, 1.0, 0.5, 2.0]}


@pytest.mark.parametrize("settings, soft", [
    ({"smoothing": 0.1}, False), (WEIGHTS, False), ({"smoothing": 0.1, **WEIGHTS}, False), ({}, True),
    ({"smoothing": 0.1}, True), (WEIGHTS, True), ({"smoothing": 0.1, **WEIGHTS}, True),
], ids=["smoothing", "class weights", "both", "mixed", "mixed, smoothing", "mixed, class weights", "mixed, both"])
def test_losses(probe, settings, soft):
    inputs, targets = batches(steps=2, soft=soft, shape=(512,))
    compare(probe, "resnet18", Head, inputs, targets, **SGD, **settings)


def length(mine):
    return sum(tensor.double().pow(2).sum() for key, tensor in mine.items() if key.startswith("gradients/")).sqrt()


def test_a_long_gradient_is_clipped(probe):
    inputs, targets = batches(steps=3, shape=(512,))
    _, mine, _ = compare(probe, "resnet18", Head, inputs, targets, clip_norm=0.5, **SGD)
    assert mine["norms"][-1] > 0.5 and abs(length(mine) - 0.5) < 1e-5


def test_a_short_gradient_is_not_clipped(probe):
    inputs, targets = batches(shape=(512,))
    _, mine, _ = compare(probe, "resnet18", Head, inputs, targets, clip_norm=1e6, **SGD)
    assert abs(length(mine) / mine["norms"][-1] - 1) < 1e-5


def test_bfloat16_by_autocast(probe):
    """The program differs from float64 as much as PyTorch's autocast, which computes with 8 bits: by 1 % a layer."""
    inputs, targets = batches()
    _, mine, truth = compare(probe, "resnet18", lambda: start("resnet18"), inputs, targets, precision="bf16", **SGD)
    assert distance(mine["gradients/fc.weight"], truth["gradients/fc.weight"]) > 1e-4  # it is not float32


@pytest.mark.parametrize("settings", [ADAM, SGD], ids=["adam", "sgd"])
def test_a_second_trainer_continues_bit_for_bit(probe, settings):
    inputs, targets = batches(steps=3)
    before = {key: value for key, value in start("resnet18").state_dict().items() if value.is_floating_point()}
    whole = probe("resnet18", before, inputs, targets, **settings)
    handed_on = probe("resnet18", before, inputs, targets, restore_after=2, **settings)
    assert whole.keys() == handed_on.keys()
    for key, tensor in whole.items():
        assert torch.equal(tensor, handed_on[key]), key
