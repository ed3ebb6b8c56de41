"""imnet weights convert --dtype writes a smaller file of the same net."""
import json
import struct

import checkpoints
from program import SAMPLES, imnet


def header(path):
    with open(path, "rb") as file:
        return json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))


def top(path):
    done = imnet("-q", "--weights", path, "-k", "1", "--format", "jsonl", SAMPLES / "coffee.png")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["top"][0]


def test_half_precision_takes_half_the_bytes_and_gives_the_same_label(tmp_path):
    whole, half = tmp_path / "whole.safetensors", tmp_path / "half.safetensors"
    checkpoints.write(whole, list(checkpoints.resnet18(5)), lambda head: {**head, "__metadata__": {"note": "kept"}})
    assert imnet("weights", "convert", whole, "--dtype", "float16", "-o", half).returncode == 0
    head = header(half)
    assert head.pop("__metadata__") == {"note": "kept"}
    assert {tensor["dtype"] for name, tensor in head.items() if "num_batches" not in name} == {"F16"}
    assert half.stat().st_size < 0.51 * whole.stat().st_size
    assert top(half)["index"] == top(whole)["index"]
    assert abs(top(half)["prob"] - top(whole)["prob"]) < 0.02


def test_an_unknown_type_is_refused(tmp_path):
    done = imnet("weights", "convert", "x.pth", "--dtype", "float8", "-o", tmp_path / "y")
    assert done.returncode == 2 and b"--dtype float8: it takes float32, float16, bfloat16" in done.stderr
