"""Writes checkpoints with torchvision's names and shapes as safetensors, without PyTorch. The values are
pseudo-random, so the predictions of such a net mean nothing."""
import json
import random
import struct


def convolution(name, outputs, inputs, kernel):
    yield f"{name}.weight", [outputs, inputs, kernel, kernel]


def batch_norm(name, channels):
    for part in ("weight", "bias", "running_mean", "running_var"):
        yield f"{name}.{part}", [channels]


def bottleneck(name, inputs, width, outputs, downsample):
    for number, (channels_in, channels_out, kernel) in enumerate(
            [(inputs, width, 1), (width, width, 3), (width, outputs, 1)], start=1):
        yield from convolution(f"{name}.conv{number}", channels_out, channels_in, kernel)
        yield from batch_norm(f"{name}.bn{number}", channels_out)
    if downsample:
        yield from convolution(f"{name}.downsample.0", outputs, inputs, 1)
        yield from batch_norm(f"{name}.downsample.1", outputs)


def basic_block(name, inputs, width, outputs, downsample):
    for number, channels_in in enumerate([inputs, width], start=1):
        yield from convolution(f"{name}.conv{number}", width, channels_in, 3)
        yield from batch_norm(f"{name}.bn{number}", width)
    if downsample:
        yield from convolution(f"{name}.downsample.0", outputs, inputs, 1)
        yield from batch_norm(f"{name}.downsample.1", outputs)


def resnet(block, expansion, depths, classes):
    yield from convolution("conv1", 64, 3, 7)
    yield from batch_norm("bn1", 64)
    inputs = 64
    for stage, depth in enumerate(depths):
        width = 64 << stage
        outputs = width * expansion
        for index in range(depth):
            yield from block(f"layer{stage + 1}.{index}", inputs, width, outputs, index == 0 and inputs != outputs)
            inputs = outputs
    yield "fc.weight", [classes, inputs]
    yield "fc.bias", [classes]


def pre_activation_resnet50(classes=1000):
    yield from convolution("stem.conv", 64, 3, 7)
    inputs = 64
    for stage, depth in enumerate([3, 4, 6, 3]):
        width = 64 << stage
        for index in range(depth):
            name = f"stages.{stage}.blocks.{index}"
            if index == 0:
                yield from convolution(f"{name}.downsample.conv", 4 * width, inputs, 1)
            for number, (channels_in, channels_out, kernel) in enumerate(
                    [(inputs, width, 1), (width, width, 3), (width, 4 * width, 1)], start=1):
                yield from batch_norm(f"{name}.norm{number}", channels_in)
                yield from convolution(f"{name}.conv{number}", channels_out, channels_in, kernel)
            inputs = 4 * width
    yield from batch_norm("norm", inputs)
    yield from convolution("head.fc", classes, inputs, 1)
    yield "head.fc.bias", [classes]


def resnet18(classes=1000):
    return resnet(basic_block, 1, [2, 2, 2, 2], classes)


def resnet50(classes=1000):
    return resnet(bottleneck, 4, [3, 4, 6, 3], classes)


def write(path, tensors, change=lambda header: header, poison=None):
    """Writes the tensors. `change` may change the header, `poison` names a tensor that gets a NaN."""
    dice = random.Random(7)
    block = struct.pack("<4096f", *(dice.gauss(0, 0.03) for _ in range(4096)))
    ones = struct.pack("<4096f", *[1.0] * 4096)
    header, chunks, offset = {}, [], 0
    for name, shape in tensors:
        count = 1
        for size in shape:
            count *= size
        scale = name.endswith("running_var") or (len(shape) == 1 and name.endswith("weight"))
        data = ((ones if scale else block) * (count // 4096 + 1))[: 4 * count]
        if name == poison:
            data = struct.pack("<f", float("nan")) + data[4:]
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + 4 * count]}
        chunks.append(data)
        offset += 4 * count
    text = json.dumps(change(header)).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for data in chunks:
            file.write(data)
    return path
