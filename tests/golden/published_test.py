"""weights/published.tsv states what timm and torchvision state, and the larger ImageNets have timm's names."""
import csv
import json
import math
import os
import subprocess
from pathlib import Path

import pytest

timm = pytest.importorskip("timm", reason="the reference, timm, is not installed")
torchvision = pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
from timm.data import ImageNetInfo, resolve_data_config  # noqa: E402
from timm.models import get_pretrained_cfg  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("IMNET_BUILD", ROOT / "build" / "release"))


def imnet(*words):
    """The program with empty caches."""
    caches = {name: "/nowhere" for name in ("IMNET_CACHE", "TORCH_HOME", "HF_HUB_CACHE")}
    return subprocess.run([BUILD / "bin" / "imnet", *words], capture_output=True, env={**os.environ, **caches})


@pytest.fixture(scope="module")
def rows():
    """The objects that the program prints, without those of nets that nobody has published weights for."""
    listed = json.loads(imnet("models", "--format", "json").stdout)
    return [row for row in listed if row["weights"]]


def test_every_resnet_and_lite_of_timm_is_listed_once(rows):
    named = [name for module in ("resnet", "resnetv2") for name in timm.list_models(pretrained=True, module=module)]
    named += timm.list_models("tf_efficientnet_lite*", pretrained=True)
    assert sorted(row["name"] for row in rows if row["publisher"] == "timm") == sorted(named)


def test_both_sizes_are_those_of_timm(rows):
    for row in rows:
        if row["publisher"] != "timm":
            continue
        config = get_pretrained_cfg(row["name"]).to_dict()
        expected = [resolve_data_config(pretrained_cfg=config, use_test_size=test) for test in (False, True)]
        sizes = [row["training_size"], row["test_size"] or row["training_size"]]
        for size, wanted in zip(sizes, expected):
            assert wanted["crop_mode"] == "center"
            assert wanted["input_size"] == (3, size["image_size"], size["image_size"]), row["name"]
            assert size["short_side"] == math.floor(size["image_size"] / wanted["crop_pct"]), row["name"]
            assert row["interpolation"] == wanted["interpolation"], row["name"]
            assert tuple(row["mean"]) == wanted["mean"] and tuple(row["std"]) == wanted["std"], row["name"]
        assert (row["test_size"] is not None) == (expected[0] != expected[1]), row["name"]
        assert row["classes"] == config["num_classes"]
        assert row["url"].startswith(f"https://huggingface.co/{config['hf_hub_id']}/resolve/main/")
        assert row["default"] == (get_pretrained_cfg(row["name"].split(".")[0]).tag == row["weights"]), row["name"]
        assert row["licence"] == (config.get("license") or None)


def test_torchvision_s_enumerations_are_understood(rows):
    by_url = {row["url"]: row for row in rows if row["publisher"] == "torchvision"}
    enumerations = [value for name, value in vars(torchvision.models.resnet).items() if name.endswith("_Weights")]
    found = set()
    for enumeration in enumerations:
        for name, weights in enumeration.__members__.items():  # DEFAULT is one of them
            row = by_url[weights.url]
            done = imnet("weights", "path", "--model", f"{enumeration.__name__}.{name}")
            assert f"the weights {row['weights']} of {row['model']} are not" in done.stderr.decode()
            found.add(weights.url)
    assert found == set(by_url)


@pytest.mark.parametrize("subset, in_table", [("imagenet-21k-goog", ("yes", "-")), ("imagenet-12k", ("yes",))])
def test_the_larger_imagenets_have_timm_s_names(subset, in_table):
    with (ROOT / "weights" / "imagenet21k_classes.tsv").open(newline="", encoding="utf-8") as file:
        table = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["in_12k"] in in_table]
    info = ImageNetInfo(subset)
    assert [row["wnid"] for row in table] == info.label_names()
    assert [row["name"] for row in table] == info.label_descriptions()
