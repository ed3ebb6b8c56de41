#!/usr/bin/env python3
"""Makes the rows of timm's weights in published.tsv again; the other publishers' rows stay as they are.

    weights/make_published.py RESULTS

The names, sizes, crops and normalisation come from the configurations in timm 1.0.19 itself (timm.models), the
numbers of parameters from its nets, and the accuracies from RESULTS: results/results-imagenet.csv of
https://github.com/huggingface/pytorch-image-models, which lists a net once at each of its sizes.
"""

import csv
import math
import re
import sys
from collections import defaultdict
from pathlib import Path

import timm
import torch
from timm.data import resolve_data_config
from timm.models import get_pretrained_cfg

TABLE = Path(__file__).with_name("published.tsv")
HUB = "https://huggingface.co/"

# The files of timm whose nets imnet has; of efficientnet.py only the Lites.
MODULES = {"resnet": "*", "resnetv2": "*", "efficientnet": "tf_efficientnet_lite*"}

# The first pattern that fits the name of a timm net gives its family.
FAMILIES = [
    (r"tf_efficientnet_lite", "EfficientNet-Lite"),
    (r"resnetv2_.*_bit", "BiT"),
    (r"resnetv2", "ResNetV2"),
    (r"resnetrs", "ResNet-RS"),
    (r"(se)?resne[x]?t(aa|blur)", "anti-aliased ResNet"),
    (r"ecares", "ECA-ResNet"),
    (r"senet|seresne[x]?t", "SE-ResNet"),
    (r"wide_resnet", "timm Wide ResNet"),
    (r"resnext", "timm ResNeXt"),
    (r"resnet\d+d", "ResNet-D"),
    (r"resnet|test_resnet", "timm ResNet"),
]
ORDER = ["timm ResNet", "ResNet-D", "timm ResNeXt", "timm Wide ResNet", "SE-ResNet", "ECA-ResNet", "anti-aliased ResNet",
         "ResNet-RS", "ResNetV2", "BiT", "EfficientNet-Lite"]


def read_table():
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def family_of(model):
    return next(family for pattern, family in FAMILIES if re.match(pattern, model))


def pretrained_names():
    """Every `model.tag` with weights on Hugging Face."""
    for module, wanted in MODULES.items():
        for name in timm.list_models(wanted, pretrained=True, module=module):
            if get_pretrained_cfg(name).hf_hub_id:
                yield name


def count(model, classes):
    """The number of parameters, and the bytes of the state dict."""
    net = timm.create_model(model, num_classes=classes)
    parameters = sum(parameter.numel() for parameter in net.parameters())
    return parameters, sum(tensor.numel() * tensor.element_size() for tensor in net.state_dict().values())


def short_side(config):
    """As timm's evaluation transform for the crop mode `center` resizes."""
    assert config["crop_mode"] == "center" and config["input_size"][1] == config["input_size"][2]
    return math.floor(config["input_size"][1] / config["crop_pct"])


def accuracy(results, name, config):
    for row in results[name]:
        if (int(row["img_size"]), float(row["crop_pct"])) == (config["input_size"][1], config["crop_pct"]):
            return row["top1"], row["top5"]
    return "-", "-"


def numbers(values):
    return ",".join(f"{value:g}" for value in values)


def row_of(name, results, torchvision_models):
    model, tag = name.split(".", 1)
    config = get_pretrained_cfg(name).to_dict()
    at_training_size = resolve_data_config(pretrained_cfg=config)
    at_test_size = resolve_data_config(pretrained_cfg=config, use_test_size=True)
    has_test_size = at_training_size != at_test_size
    parameters, size = count(model, config["num_classes"])
    acc1, acc5 = accuracy(results, name, at_training_size)
    test_acc1, test_acc5 = accuracy(results, name, at_test_size) if has_test_size else ("-", "-")
    return {
        # torchvision has nets of this name, which print and initialise otherwise.
        "model": f"timm/{model}" if model in torchvision_models else model,
        "weights": tag,
        "publisher": "timm",
        "family": family_of(model),
        "default": "default" if get_pretrained_cfg(model).tag == tag else "-",
        "classes": config["num_classes"],
        "params": parameters,
        "acc1": acc1,
        "acc5": acc5,
        "mebibytes": f"{size / 2**20:.1f}",
        "resize": short_side(at_training_size),
        "crop": at_training_size["input_size"][1],
        "test_acc1": test_acc1,
        "test_acc5": test_acc5,
        "test_resize": short_side(at_test_size) if has_test_size else "-",
        "test_crop": at_test_size["input_size"][1] if has_test_size else "-",
        "interpolation": at_training_size["interpolation"],
        "mean": numbers(at_training_size["mean"]),
        "std": numbers(at_training_size["std"]),
        "licence": config.get("license") or "-",
        "sha256": "-",
        "file": f"{name}.safetensors",
        "url": f"{HUB}{config['hf_hub_id']}/resolve/main/model.safetensors",
    }


def natural(name):
    """Sorts resnet18 before resnet101."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def main(results_file):
    # The weights that a new net draws are not used, and drawing those of the largest takes minutes.
    for name in ("kaiming_normal_", "kaiming_uniform_", "normal_", "uniform_", "trunc_normal_", "zeros_", "ones_"):
        setattr(torch.nn.init, name, lambda tensor, *_, **__: tensor)
    results = defaultdict(list)
    with open(results_file, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            results[row["model"]].append(row)
    kept = [row for row in read_table() if row["publisher"] != "timm"]
    torchvision_models = {row["model"] for row in kept if row["publisher"] == "torchvision"}
    made = [row_of(name, results, torchvision_models) for name in pretrained_names()]
    made.sort(key=lambda row: (ORDER.index(row["family"]), natural(row["model"].removeprefix("timm/")), natural(row["weights"])))
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(made[0]), delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE)
        table.writeheader()
        table.writerows(kept + made)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
