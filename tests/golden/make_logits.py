"""Makes tests/golden/logits/: nets that a test can rebuild without PyTorch, and their logits.

Convolutions, batch-norm scales and images come from integer formulas that the unit test repeats. The running
statistics (of other images) and the head are stored as float16. The logits are computed in float64.
Run it with a Python that has torchvision, timm and safetensors.
"""

import math
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from random_weights import build, ends_branch, head, settle

CLASSES = 10
SIDE = 96


def hashed(tensor_index, count):
    """[0, 1) in steps of 2^-24, from a 32-bit integer hash of the tensor's and the element's index."""
    x = np.arange(count, dtype=np.uint32) + np.uint32(tensor_index * 0x9E3779B9 & 0xFFFFFFFF)
    x = (x ^ (x >> 16)) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> 15)) * np.uint32(0x846CA68B)
    x = x ^ (x >> 16)
    return (x >> 8).astype(np.float32) * np.float32(2**-24)


def picture(k):
    """[3, SIDE, SIDE]: a texture with edges at all scales; from -2 to 2."""
    channel, y, x = np.ogrid[:3, :SIDE, :SIDE]
    value = (((x * (3 + k % 7)) ^ (y * (2 + k % 5))) + x * (k % 3) + 40 * channel * (k % 4) + 11 * k) & 255
    return torch.from_numpy((value.astype(np.float32) - 128) / 64)


def hash_weights(net):
    for index, (name, tensor) in enumerate(net.state_dict().items()):
        path, _, field = name.rpartition(".")
        norm = isinstance(net.get_submodule(path), torch.nn.BatchNorm2d)
        if field not in ("weight", "bias"):
            continue
        u = torch.from_numpy(hashed(index, tensor.numel())).view(tensor.shape)
        if not norm:
            bound = np.float32(math.sqrt(6 / tensor[0].numel())) if field == "weight" else 0
            tensor.copy_((2 * u - 1) * bound)
        elif field == "bias":
            tensor.copy_((u - 0.5) / 2)
        else:
            tensor.copy_(u / 4 + 0.125 if ends_branch(net, path) else u + 0.5)


def to_float16_and_back(net):
    """The running statistics and the head, rounded as in the file."""
    kept = {}
    head_tensors = {id(tensor) for tensor in head(net).parameters()}
    for name, tensor in net.state_dict(keep_vars=True).items():
        if name.endswith(("running_mean", "running_var")) or id(tensor) in head_tensors:
            kept[name] = tensor.half()
            tensor.copy_(kept[name].float())
    return kept


def make(name, folder):
    net = build(name, CLASSES)
    with torch.no_grad():
        hash_weights(net)
        settle(net, torch.stack([picture(k) for k in range(16)]))
        kept = to_float16_and_back(net)
        logits = net.eval().double()(torch.stack([picture(k) for k in (102, 103, 106)]).double())
    assert len(set(logits.argmax(1).tolist())) == 3, "the pictures are not told apart"
    save_file(kept | {"logits": logits.float()}, folder / f"{name}.safetensors")
    print(name, logits.std().item(), logits.argmax(1).tolist())


if __name__ == "__main__":
    target = Path(__file__).parent / "logits"
    target.mkdir(exist_ok=True)
    for model in ("resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "resnetv2_50",
                  "tf_efficientnet_lite0"):
        make(model, target)
