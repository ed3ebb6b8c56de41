"""Nets of timm that together hold every kind of block equal timm's, in both engines and precisions.

`every_net.py` compares all of them.
"""

import os

import pytest

pytest.importorskip("torch", reason="the reference, PyTorch, is not installed")
pytest.importorskip("timm", reason="the reference, timm, is not installed")
pytest.importorskip("safetensors.torch", reason="safetensors is not installed")
if "IMNET_BUILD" not in os.environ:
    pytest.skip("IMNET_BUILD does not name a build folder", allow_module_level=True)

from every_net import Answers, check_description, timm_net  # noqa: E402

NETS = [
    "timm/resnet18",  # the names of torchvision's net, printed as timm prints it
    "test_resnet",  # both kinds of blocks, a deep stem, average pools in shortcuts
    "resnet14t",  # a tiered stem
    "seresnext26d_32x4d",  # squeeze-excitation, grouped convolutions
    "ecaresnet50d_pruned",  # channel attention, odd numbers of channels
    "resnetaa50d",  # average pools in place of strides
    "resnetblur50",  # blur pools, a max pool without a stride
    "resnetrs50",  # a convolution in place of the stem's pool
    "resnet50_gn",  # group norms after convolutions
    "resnetv2_18d",  # basic blocks with pre-activation, a deep stem
    "resnetv2_50d_gn",  # group norms before convolutions
    "resnetv2_50d_evos",  # EvoNorm
    "resnetv2_50x1_bit",  # standardised convolutions, a max pool over zeros
]


@pytest.mark.parametrize("name", NETS)
def test_equals_timm(name, tmp_path):
    net = timm_net(name)
    check_description(name, net)
    answers = Answers(name, net, tmp_path)
    answers.check_spread()
    for engine in ("onednn", "torch"):
        answers.check_fp32(engine)
    answers.check_bf16(["onednn", "torch"])
    answers.checkpoint.unlink()
