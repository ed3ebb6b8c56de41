"""Compares every net of timm that is known here with timm itself, with random weights, and prints a line for each.

    IMNET_BUILD=build/release python tests/golden/every_net.py [NET...]

Run it with a Python that has timm and safetensors, such as .deps/reference/bin/python. It takes minutes. The test
timm_nets_test.py does the same for the nets that together hold every kind of block.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import safetensors.torch
import torch

from random_weights import LOGIT_DEVIATION, TORCHVISION, build, head, photographs, tell_apart

PICTURES = 4
SHALLOW_SUM = 1e-4  # of the logits' deviation: a float32 sum's error through the layers, as in engine_test.cpp


def side(name):
    """With 56, stages have 14, 7, 4 and 2 pixels: the pools of shortcuts meet an odd size. Where an average pool
    stands in place of a stride, timm's nets cannot compute that."""
    return 64 if "aa" in name else 56


def probe(*arguments):
    program = Path(os.environ["IMNET_BUILD"]) / "bin" / "logits_probe"
    done = subprocess.run([program, *map(str, arguments)], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def timm_names():
    """The architectures of timm that the program knows, by its own names."""
    known = probe("-", "names").decode().split()
    return [name for name in known if name not in TORCHVISION and not name.startswith("keras")]


def check_description(name, net):
    """print(model), names and shapes of the state dict, and the number of parameters."""
    assert probe(name, "print").decode() == f"{net}\n"
    state = [f"{key} {list(tensor.shape)}" for key, tensor in net.state_dict().items()]
    total = sum(parameter.numel() for parameter in net.parameters())
    assert probe(name, "parameters").decode().splitlines() == [*state, f"total {total}"]


def timm_net(name):
    """With timm's own initialisation."""
    torch.manual_seed(0)
    return build(name).eval()


def rounded_to_bfloat16(net):
    """The same net with the weights of its convolutions rounded."""
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, torch.nn.Conv2d):
                module.weight.copy_(module.weight.bfloat16().float())
    return net


class Answers:
    """A random net in a file, and the reference's logits for some photographs."""

    def __init__(self, name, net, folder):
        self.name = name
        self.images = photographs(PICTURES, 99, side(name))
        self.net = tell_apart(net, count=6, side=side(name))
        scale = LOGIT_DEVIATION / self.reference().std()
        with torch.no_grad():
            for tensor in head(self.net).parameters():
                tensor *= scale
        self.expected = self.reference()
        self.checkpoint = Path(folder) / "net.safetensors"
        self.pictures = Path(folder) / "pictures.f32"
        safetensors.torch.save_file(self.net.state_dict(), self.checkpoint)
        self.pictures.write_bytes(self.images.numpy().tobytes())

    def reference(self):
        with torch.no_grad():
            return self.net(self.images).numpy()

    def by(self, engine, precision="fp32"):
        raw = probe(self.name, "logits", self.checkpoint, self.pictures, engine, 1, precision, side(self.name))
        return np.frombuffer(raw, np.float32).reshape(self.expected.shape)

    def check_spread(self):
        """The net must tell the images apart: otherwise equal logits would prove nothing."""
        assert len(set(self.expected.argmax(1))) >= PICTURES // 2

    def check_fp32(self, engine):
        difference = np.abs(self.by(engine) - self.expected).max() / self.expected.std()
        assert difference < SHALLOW_SUM, difference
        return difference

    def check_bf16(self, engines):
        """As in engine_test.cpp: rounding the weights alone explains a third of the error at least."""
        got = {engine: self.by(engine, "bf16") for engine in engines}
        rounded_to_bfloat16(self.net)
        bound = 3 * np.sqrt(np.mean((self.reference() - self.expected) ** 2))
        errors = [float(np.sqrt(np.mean((logits - self.expected) ** 2)) / bound) for logits in got.values()]
        assert max(errors) < 1, errors
        return errors


def main():
    names = sys.argv[1:] or timm_names()
    failed = []
    print("net\tfp32: largest difference / deviation, onednn, torch\tbf16: error / bound, onednn, torch")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            try:
                net = timm_net(name)
                check_description(name, net)
                answers = Answers(name, net, folder)
                answers.check_spread()
                fp32 = [answers.check_fp32(engine) for engine in ("onednn", "torch")]
                bf16 = answers.check_bf16(["onednn", "torch"])
                print(name, *(f"{value:.1e}" for value in fp32), *(f"{value:.2f}" for value in bf16), sep="\t", flush=True)
            except AssertionError as error:
                failed.append(name)
                print(name, "FAILED", " ".join(str(error).split())[:300], sep="\t", flush=True)
    sys.exit(f"{len(failed)} of {len(names)} differ: {' '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
