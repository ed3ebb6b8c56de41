"""`imnet models`, and the names of models as people paste them."""
import json
import os

import pytest

import checkpoints
from http_servers import LIBCURL, Answer, ScriptedServer
from program import SAMPLES, imnet

ROCKET = SAMPLES / "rocket.jpg"
A1 = "the weights a1_in1k of timm/resnet50 are not on this machine"


@pytest.fixture
def no_caches(tmp_path):
    return {"IMNET_CACHE": tmp_path / "own", "TORCH_HOME": tmp_path / "torch", "HF_HUB_CACHE": tmp_path / "hub",
            "no_proxy": "127.0.0.1"}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Two classes with two images each."""
    folder = tmp_path_factory.mktemp("pictures")
    for wnid in ("n02123045", "n07920052"):
        (folder / wnid).mkdir()
        for name in ("a.jpg", "b.jpg"):
            (folder / wnid / name).write_bytes(ROCKET.read_bytes())
    return folder


def listed(*words, **environment):
    done = imnet("models", "--format", "json", *words, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def published(rows):
    return [row for row in rows if row["weights"]]


def test_all_published_weights_are_listed_by_family(no_caches):
    text = imnet("models", **no_caches).stdout.decode()
    lines = text.splitlines()
    assert max(map(len, lines)) <= 100
    assert len([line for line in lines if line.endswith(" no")]) == 195
    for family in ("torchvision ResNet", "timm ResNet", "ResNet-D", "timm ResNeXt", "SE-ResNet", "ECA-ResNet",
                   "anti-aliased ResNet", "ResNet-RS", "ResNetV2", "BiT", "EfficientNet-Lite"):
        assert lines.count(family) == 1, family
    row = next(line.split() for line in lines if line.startswith("timm/resnet50 ") and "a1_in1k*" in line)
    assert row == ["timm/resnet50", "a1_in1k*", "25.6M", "224", "80.38", "94.60", "288", "81.24", "97.7", "no"]


def test_words_select_models_by_name_weights_and_family():
    assert {row["family"] for row in published(listed("bit"))} == {"BiT"}
    assert {row["model"] for row in published(listed("SEResNet50"))} == {"seresnet50"}
    assert {row["publisher"] for row in published(listed("torchvision"))} == {"torchvision"}
    both = {row["name"] for row in published(listed("resnet50", "tv2"))}
    assert both == {"resnet50.tv2_in1k", "wide_resnet50_2.tv2_in1k"}
    assert [row["name"] for row in listed("timm/resnet50.a1_in1k")] == ["resnet50.a1_in1k"]
    lines = imnet("models", "resnet-rs").stdout.decode().splitlines()
    assert "ResNet-RS" in lines and not any(line.startswith("resnet18") for line in lines)


def test_a_word_that_selects_nothing_is_an_answer_with_status_1():
    done = imnet("models", "vgg")
    assert done.returncode == 1 and done.stdout == b""
    assert done.stderr.decode() == (
        "imnet: no model has 'vgg' in its name, weights or family ('imnet models' lists them all)\n")


def test_json_has_all_that_is_known(no_caches):
    (row,) = listed("timm/resnet50.a1_in1k", **no_caches)
    assert row == {
        "name": "resnet50.a1_in1k", "model": "timm/resnet50", "weights": "a1_in1k", "publisher": "timm",
        "family": "timm ResNet", "default": True, "classes": 1000, "parameters": 25557032,
        "training_size": {"image_size": 224, "short_side": 235, "crop_mode": "center", "acc1": 80.382, "acc5": 94.598},
        "test_size": {"image_size": 288, "short_side": 288, "crop_mode": "center", "acc1": 81.24, "acc5": 95.112},
        "interpolation": "bicubic", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "licence": None,
        "mebibytes": 97.7, "sha256": None, "file": "resnet50.a1_in1k.safetensors",
        "url": "https://huggingface.co/timm/resnet50.a1_in1k/resolve/main/model.safetensors", "path": None, "bytes": None}
    (v2,) = listed("torchvision/resnet50.IMAGENET1K_V2", **no_caches)
    assert len(v2["sha256"]) == 64 and v2["test_size"] is None
    (large,) = listed("resnetv2_50x1_bit.goog_in21k", **no_caches)[:1]
    assert large["classes"] == 21843 and large["training_size"]["acc1"] is None


def test_a_file_in_a_cache_is_shown(no_caches):
    own = no_caches["IMNET_CACHE"] / "resnet50.a1_in1k.safetensors"
    own.parent.mkdir()
    own.write_bytes(b"weights")
    (row,) = listed("timm/resnet50.a1_in1k", **no_caches)
    assert row["path"] == str(own) and row["bytes"] == 7
    assert [line.split()[-1] for line in imnet("models", "resnet50.a1_", **no_caches).stdout.decode().splitlines()
            if line.startswith("timm/")] == ["yes"]


@pytest.mark.parametrize("words, message", [
    (("--model", "resnet50.a1_in1k"), A1),
    (("--model", "timm/resnet50.a1_in1k"), A1),
    (("--model", "hf-hub:timm/resnet50.a1_in1k"), A1),
    (("--model", "hf_hub:timm/resnet50.a1_in1k"), A1),
    (("--model", "timm/resnet50"), A1),
    (("resnet50.a1_in1k",), A1),
    (("timm/resnet50",), A1),
    (("--model", "resnet50", "a1_in1k"), A1),
    (("--model", "resnet50.tv2_in1k"), "the weights tv2_in1k of timm/resnet50"),
    (("--model", "resnet50"), "the weights IMAGENET1K_V2 of resnet50"),
    (("--model", "torchvision/resnet50"), "the weights IMAGENET1K_V2 of resnet50"),
    (("--model", "ResNet50_Weights.IMAGENET1K_V2"), "the weights IMAGENET1K_V2 of resnet50"),
    (("--model", "ResNet50_Weights.IMAGENET1K_V1"), "the weights IMAGENET1K_V1 of resnet50"),
    (("ResNet50_Weights.DEFAULT",), "the weights IMAGENET1K_V2 of resnet50"),
    (("DEFAULT",), "the weights IMAGENET1K_V2 of resnet50"),
    (("IMAGENET1K_V1",), "the weights IMAGENET1K_V1 of resnet50"),
    (("--model", "resnet50d"), "the weights ra2_in1k of resnet50d"),
    (("--model", "resnet50.a9_in1k"), "did you mean a1_in1k"),
])
def test_a_pasted_name_means_the_same_weights_everywhere(no_caches, pictures, words, message):
    for command in ("path", "verify") if len(words) != 2 else ("path",):
        done = imnet("weights", command, *words, **no_caches)
        assert done.returncode == 3 and message in done.stderr.decode()
    if words[0] != "--model":
        words = ("--weights", *words)
    elif len(words) == 3:
        words = (*words[:2], "--weights", words[2])
    output = pictures / "never"
    for command in ((ROCKET,), ("eval", pictures), ("explain", ROCKET, "-o", output), ("summary",),
                    ("finetune", pictures, "-o", output)):
        done = imnet(*command, *words, **no_caches)
        error = done.stderr.decode()
        assert message in error
        assert done.returncode in (2, 3) and done.stdout == b"" and not output.exists()


@pytest.mark.skipif(not LIBCURL, reason="this build has no libcurl")
@pytest.mark.parametrize("words", [("--model", "hf-hub:timm/resnetv2_50.a1h_in1k"), ("resnetv2_50.a1h_in1k",)])
def test_weights_are_fetched_by_a_pasted_name(no_caches, tmp_path, words):
    net = checkpoints.write(tmp_path / "net", checkpoints.pre_activation_resnet50())
    with ScriptedServer(Answer(net.read_bytes())) as server:
        done = imnet("weights", "fetch", *words, "--url", server.url + "/", **no_caches)
        assert server.targets == ["/resnetv2_50.a1h_in1k.safetensors"]
    assert done.returncode == 0, done.stderr
    own = no_caches["IMNET_CACHE"] / "resnetv2_50.a1h_in1k.safetensors"
    assert done.stdout == os.fsencode(own) + b"\n" and own.read_bytes() == net.read_bytes()


def test_a_name_decides_the_preprocessing_of_random_weights():
    text = imnet("summary", "--model", "resnetv2_50.a1h_in1k", "--no-weights", "--test-size").stdout.decode()
    assert "input: [1, 3, 288, 288]" in text


def test_large_heads_get_imagenet_s_names(tmp_path):
    weights = checkpoints.write(tmp_path / "net.safetensors", checkpoints.resnet18(11821))
    done = imnet("--weights", weights, "-k", "11821", "--format", "jsonl", ROCKET)
    top = {entry["index"]: entry for entry in json.loads(done.stdout)["top"]}
    assert len(top) == 11821 and top[0]["label"] == "benthos" and top[0]["wnid"] == "n00005787"
    picture = tmp_path / "val" / "n02123045" / "rocket.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(ROCKET.read_bytes())
    report = json.loads(imnet("eval", picture.parents[1], "--weights", weights, "--format", "json").stdout)
    assert [entry["label"] for entry in report["classes"]] == ["tabby, tabby cat"]
