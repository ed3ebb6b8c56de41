"""Random nets whose logits tell images apart.

A net with plain random weights gives almost the same logits for every image, so a comparison proves little. Here
convolutions and batch-norm scales are random, the running statistics are those of photographs, and the head is shifted
and scaled until the logits differ.
"""

import hashlib
import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
LOGIT_DEVIATION = 2.5
TIMM = ["resnetv2_50"] + [f"tf_efficientnet_lite{i}" for i in range(5)]
TORCHVISION = [
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d",
    "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2",
]


def build(name, classes=1000):
    """The net of torchvision or timm with its own initialisation."""
    if name not in TORCHVISION:
        import timm

        return timm.create_model(name.removeprefix("timm/"), num_classes=classes)
    import torchvision

    return getattr(torchvision.models, name)(num_classes=classes)


def photographs(count, seed, side=224):
    """[count, 3, side, side]: crops of the sample photographs at random places, sizes and tints."""
    paths = sorted(p for p in SAMPLES.iterdir() if p.suffix in (".png", ".jpg"))
    pictures = [Image.open(path).convert("RGB") for path in paths]
    draw = torch.Generator().manual_seed(seed)

    def between(low, high):
        return low + (high - low) * torch.rand((), generator=draw).item()

    tensors = []
    for i in range(count):
        picture = pictures[i % len(pictures)]
        cut = int(between(0.3, 1.0) * min(picture.size))
        left = int(between(0, picture.width - cut))
        top = int(between(0, picture.height - cut))
        crop = picture.crop((left, top, left + cut, top + cut)).resize((side, side), Image.BILINEAR)
        pixels = torch.from_numpy(np.asarray(crop, np.float32)).permute(2, 0, 1) / 255
        tint = torch.tensor([between(0.7, 1.3) for _ in range(3)]).view(3, 1, 1)
        if between(0, 1) < 0.5:
            pixels = pixels.flip(2)
        tensors.append(((pixels * tint).clamp(0, 1) - MEAN) / DEVIATION)
    return torch.stack(tensors)


def batch_norms(net):
    return [m for m in net.modules() if isinstance(m, torch.nn.BatchNorm2d)]


def is_norm(module):
    return (isinstance(module, (torch.nn.BatchNorm2d, torch.nn.GroupNorm))
            or type(module).__name__ == "EvoNorm2dS0")


def ends_branch(net, path):
    """Whether the norm is the last one before the addition of a block, as in post-activation nets and EfficientNets."""
    block, _, name = path.rpartition(".")
    last = "bn2" if type(net.get_submodule(block)).__name__ == "BasicBlock" else "bn3"
    return bool(block) and name == last


def sets_branch_size(net, path):
    """Whether the norm is the last one of a block's branch; in pre-activation nets a convolution follows it."""
    block, _, name = path.rpartition(".")
    last = {"PreActBasic": "norm2", "PreActBottleneck": "norm3"}.get(type(net.get_submodule(block)).__name__)
    return name == last or ends_branch(net, path)


def head(net):
    """The classifier."""
    for path in ("head.fc", "classifier", "fc"):
        if path in dict(net.named_modules()):
            return net.get_submodule(path)
    raise ValueError(f"{type(net).__name__} has no classifier that is known here")


def settle(net, images):
    """Takes the running statistics from the images, then shifts and scales the head."""
    for norm in batch_norms(net):
        norm.reset_running_stats()
        norm.momentum = None
    with torch.no_grad():
        if batch_norms(net):
            net.train()(images)
        logits = net.eval()(images)
        head(net).bias -= logits.mean(0)
        scale = LOGIT_DEVIATION / (logits - logits.mean(0)).std()
        head(net).weight *= scale
        head(net).bias *= scale
    return net


def random_net(name, seed=0, count=12):
    """An evaluating net of that name, the same for the same seed.

    PyTorch needs seconds for the statistics of the photographs, so the net is kept in the build folder, for the
    other tests and the next run.
    """
    torch.manual_seed(seed)
    if "IMNET_BUILD" not in os.environ:
        return tell_apart(build(name), seed, count)
    made_by = hashlib.sha256(Path(__file__).read_bytes() + torch.__version__.encode()).hexdigest()[:16]
    kept = Path(os.environ["IMNET_BUILD"]) / "random_nets" / f"{name}-{seed}-{count}-{made_by}.pth"
    if kept.exists():
        net = build(name)
        net.load_state_dict(torch.load(kept))
        return net.eval()
    net = tell_apart(build(name), seed, count)
    kept.parent.mkdir(exist_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    torch.save(net.state_dict(), unfinished)
    unfinished.replace(kept)  # tests beside this one see it whole or not at all
    return net


def tell_apart(net, seed=0, count=12, side=224):
    """Gives a new net random norms, the running statistics of photographs, and a head whose logits differ."""
    norms = [(path, norm, sets_branch_size(net, path)) for path, norm in net.named_modules() if is_norm(norm)]
    blocks = sum(small for _, _, small in norms)
    with torch.no_grad():
        for path, norm, small in norms:
            # Small residual branches, smaller in deeper nets: otherwise each block would amplify rounding errors, too.
            size = min(1, (16 / blocks) ** 0.5) if small else 1
            low, high = (0.1 * size, 0.5 * size) if small else (0.5, 1.5)
            norm.weight.uniform_(low, high)
            norm.bias.normal_(0, 0.1 if small else 0.2)
            if getattr(norm, "v", None) is not None:
                norm.v.uniform_(0.5, 1.5)
        for convolution in net.modules():
            # Depthwise kernels that only see edges would leave the pooled features of all images nearly alike.
            if isinstance(convolution, torch.nn.Conv2d) and convolution.groups == convolution.in_channels:
                convolution.weight += convolution.weight.std() / 4
    return settle(net, photographs(count, seed, side))
