"""Writes the small checkpoints that the unit tests read, into tests/golden/checkpoints/.

Run it once under each PyTorch whose files are to be tested:

    python tests/golden/make_checkpoints.py

All files hold the same tensors; `expected.json` holds their values as float32.
"""
import collections
import json
import pathlib
import struct

import torch

FOLDER = pathlib.Path(__file__).parent / "checkpoints"


def tensors():
    """One tensor of every type and of every layout in a storage."""
    matrix = torch.arange(6, dtype=torch.float32).reshape(2, 3) / 3
    special = [1.5, -0.0, float("inf"), float("-inf"), float("nan"), 1e-40, 65504.0, 6e-8]
    return collections.OrderedDict(
        float64=torch.tensor(special, dtype=torch.float64) / 3,
        float32=torch.tensor(special, dtype=torch.float32) / 3,
        float16=torch.tensor(special, dtype=torch.float16),
        bfloat16=torch.tensor(special, dtype=torch.bfloat16),
        int64=torch.tensor([2**40 + 1, -7]),
        int32=torch.tensor([2**30 + 1, -7], dtype=torch.int32),
        int16=torch.tensor([2**14, -7], dtype=torch.int16),
        int8=torch.tensor([127, -128], dtype=torch.int8),
        uint8=torch.tensor([0, 255], dtype=torch.uint8),
        bool=torch.tensor([True, False]),
        scalar=torch.tensor(2.5),
        empty=torch.empty(0, 3),
        matrix=matrix,
        transposed=matrix.t(),
        column=matrix[:, 1],
        expanded=matrix[1:, :1].expand(1, 4),
        parameter=torch.nn.Parameter(torch.tensor([[0.25]])),
    )


def expected(named):
    def bits(tensor):
        values = tensor.detach().float().contiguous().reshape(-1)
        return [struct.unpack("<I", struct.pack("<f", value))[0] for value in values.tolist()]

    return {name: {"dtype": str(tensor.dtype).replace("torch.", ""), "shape": list(tensor.shape), "bits": bits(tensor)}
            for name, tensor in named.items()}


def main():
    FOLDER.mkdir(exist_ok=True)
    named = tensors()
    version = ".".join(torch.__version__.split(".")[:2])
    torch.save(named, FOLDER / f"torch-{version}-zip.pth")
    torch.save(named, FOLDER / f"torch-{version}-legacy.pth", _use_new_zipfile_serialization=False)
    wrapped = {"epoch": 90, "arch": "resnet50", "best_acc1": 76.5,
               "state_dict": {"module." + name: tensor for name, tensor in named.items()},
               "optimizer": {"state": {0: {"momentum_buffer": torch.ones(2)}}, "param_groups": [{"lr": 0.1}]}}
    torch.save(wrapped, FOLDER / f"torch-{version}-training.pth")
    (FOLDER / "expected.json").write_text(json.dumps(expected(named), indent=0) + "\n")
    try:
        from safetensors.torch import save_file
    except ImportError:
        return
    plain = {name: tensor.detach().clone().contiguous() for name, tensor in named.items()}
    save_file(plain, FOLDER / "tensors.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
