"""Which net is used: weights by name and by file, class names, seeds, devices, and what is refused."""
import json
import os
import re
import struct

import pytest

import checkpoints
from program import SAMPLES, imnet, quick
from small_net import CLASSES, net

ROCKET = SAMPLES / "rocket.jpg"


@pytest.fixture(scope="module")
def flowers(tmp_path_factory):
    """A resnet18 with ten classes."""
    return checkpoints.write(tmp_path_factory.mktemp("weights") / "flowers.safetensors", checkpoints.resnet18(10))


@pytest.fixture
def no_caches(tmp_path):
    return {"IMNET_CACHE": tmp_path / "own", "TORCH_HOME": tmp_path / "torch", "HF_HUB_CACHE": tmp_path / "hub"}


def classify(weights, *words, model="resnet18"):
    return imnet("--model", model, "--weights", weights, "--format", "jsonl", *words, ROCKET)


def refused(done, *parts):
    error = done.stderr.decode()
    assert done.returncode == 3 and done.stdout == b"", error
    assert error.startswith("imnet: ") and error.count("\n") == 1, error
    for part in parts:
        assert part in error


def test_a_head_of_another_size_is_accepted(flowers, tmp_path):
    top = json.loads(classify(flowers).stdout)["top"]
    assert all(entry["label"] == f"class {entry['index']}" and "wnid" not in entry for entry in top)
    names = tmp_path / "names.txt"
    names.write_text("".join(f"flower {i}\n" for i in range(10)))
    named = json.loads(classify(flowers, "--labels", names).stdout)["top"]
    assert [entry["label"] for entry in named] == [f"flower {entry['index']}" for entry in top]
    assert [entry["prob"] for entry in named] == [entry["prob"] for entry in top]
    names.write_text("rose\n")
    refused(classify(flowers, "--labels", names), "1 class names for a model with 10 outputs")
    refused(classify(flowers, "--labels", tmp_path / "gone.txt"), "gone.txt")


def test_uncached_weights_are_never_replaced(no_caches):
    done = imnet(ROCKET, **no_caches)
    refused(done, "not on this machine: run 'imnet weights fetch --model resnet50 IMAGENET1K_V2' (98 MiB)")
    refused(imnet("weights", "path", **no_caches), "not on this machine")
    refused(imnet("summary", **no_caches), "not on this machine")


def test_weights_are_found_by_name_in_the_caches(no_caches):
    hub = no_caches["TORCH_HOME"] / "hub" / "checkpoints" / "resnet18-f37072fd.pth"
    hub.parent.mkdir(parents=True)
    checkpoints.write(hub, checkpoints.resnet18())
    for words in ((), ("IMAGENET1K_V1",)):
        done = imnet("weights", "path", "--model", "resnet18", *words, **no_caches)
        assert done.returncode == 0 and done.stdout == os.fsencode(hub) + b"\n"
    done = imnet("--model", "resnet18", "--format", "jsonl", ROCKET, **no_caches)
    assert done.returncode == 0
    assert done.stderr == b"imnet: resnet18.IMAGENET1K_V1 (torchvision), for 224 pixels\n"
    assert "wnid" in json.loads(done.stdout)["top"][0]
    assert imnet("-q", "--model", "resnet18", ROCKET, **no_caches).stderr == b""


def test_the_test_size_changes_the_preprocessing_and_the_record(no_caches, tmp_path):
    name = "resnetv2_50.a1h_in1k"
    own = no_caches["IMNET_CACHE"] / f"{name}.safetensors"
    own.parent.mkdir()
    checkpoints.write(own, checkpoints.pre_activation_resnet50())
    rows, records = [], []
    for number, words in enumerate(((), ("--test-size",))):
        output = tmp_path / f"{number}.jsonl"
        done = imnet("--model", f"timm/{name}", *words, "--format", "jsonl", "-o", output, ROCKET, **no_caches)
        assert done.returncode == 0
        assert done.stderr.decode() == (f"imnet: {name} (timm), at its test size of 288 pixels\n" if words else
                                        f"imnet: {name} (timm), for 224 pixels\n")
        rows.append(output.read_bytes())
        records.append(json.loads((tmp_path / f"{number}.jsonl.run.json").read_text())["settings"]["preprocessing"])
    assert rows[0] != rows[1]
    assert [record.split(", bicubic")[0] for record in records] == ["resize 235, crop 224", "resize 288, crop 288"]
    summary = imnet("summary", "--model", name, "--test-size", **no_caches).stdout.decode()
    assert "input: [1, 3, 288, 288]" in summary


def test_a_model_without_a_test_size_says_so():
    done = quick("--test-size", ROCKET)
    assert done.returncode == 2 and done.stdout == b""
    assert done.stderr.decode().splitlines()[0] == (
        "imnet: --test-size: only one size of resnet18 is known, 224 pixels: leave --test-size out")


def test_the_error_for_unknown_weights_lists_the_known_ones():
    refused(imnet("--weights", "IMAGENET1K_V3", ROCKET), "IMAGENET1K_V3", "IMAGENET1K_V1, IMAGENET1K_V2")


def test_weights_that_do_not_fit_are_listed(flowers, tmp_path):
    refused(classify(flowers, model="resnet50"), "flowers.safetensors", "missing", "resnet18")
    spoilt = checkpoints.write(tmp_path / "spoilt.safetensors",
                               [(name, shape) for name, shape in checkpoints.resnet18(10) if name != "layer1.0.conv1.weight"]
                               + [("surplus.weight", [3])])
    refused(classify(spoilt), "1 missing", "layer1.0.conv1.weight", "surplus.weight")


@pytest.mark.parametrize("name, content, part", [
    ("empty.pth", b"", "empty"),
    ("pointer.pth", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull"),
    ("page.pth", b"<!DOCTYPE html><html></html>", "HTML"),
    ("noise.pth", bytes(range(256)) * 10, "noise.pth"),
])
def test_other_files_are_refused_by_kind(tmp_path, name, content, part):
    (tmp_path / name).write_bytes(content)
    refused(classify(tmp_path / name), name, part)


def test_a_cut_checkpoint_is_refused(flowers, tmp_path):
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(flowers.read_bytes()[:-100])
    refused(classify(cut), "cut.safetensors")


def test_weights_with_nan_are_refused(tmp_path):
    broken = checkpoints.write(tmp_path / "nan.safetensors", checkpoints.resnet18(10), poison="fc.bias")
    refused(classify(broken), "NaN")


def test_random_weights_are_announced_and_follow_the_seed():
    first, again, other = (quick("--format", "jsonl", "--seed", seed, ROCKET) for seed in ("1", "1", "2"))
    assert b"random weights (--no-weights, seed 1): the predictions mean nothing" in first.stderr
    assert first.stdout == again.stdout != other.stdout


def test_cuda_without_a_gpu_is_an_error():
    if os.path.exists("/dev/nvidia0"):
        pytest.skip("this machine has a GPU")
    done = quick("--device", "cuda", ROCKET)
    refused_after_warning = done.stderr.decode().splitlines()
    assert done.returncode == 3 and done.stdout == b"" and "cuda" in refused_after_warning[-1].lower()
    assert quick("--device", "cpu", ROCKET).returncode == 0


def test_summary_shows_the_architecture_and_a_random_input_s_output():
    text = imnet("summary", "--model", "resnet50", "--no-weights").stdout.decode()
    assert "\nResNet(" in text
    assert "(layer4): Sequential(" in text and "(2): Bottleneck(" in text
    assert "25,557,032 parameters" in text and "device: c" in text and "output: [1, 1000]" in text


def test_summary_s_input_has_the_model_s_own_size(net):
    text = imnet("summary", "--weights", net).stdout.decode()
    assert "\ninput: [1, 3, 32, 32]\n" in text and f"\noutput: [1, {CLASSES}]\n" in text
    assert re.search(r"\(conv1\).* \[1, 64, 16, 16\]", text)


@pytest.mark.parametrize("model", ["resnet34", "resnext50_32x4d", "resnetv2_50", "tf_efficientnet_lite0"])
def test_every_kind_of_net_classifies(model):
    done = imnet("--no-weights", "--model", model, "--format", "jsonl", ROCKET)
    assert done.returncode == 0 and len(json.loads(done.stdout)["top"]) == 5


@pytest.mark.parametrize("engine", ["onednn", "torch"])
def test_a_variance_below_0_is_refused_by_both_engines(flowers, tmp_path, engine):
    content = bytearray(flowers.read_bytes())
    length = int.from_bytes(content[:8], "little")
    begin, _ = json.loads(content[8:8 + length])["bn1.running_var"]["data_offsets"]
    content[8 + length + begin:8 + length + begin + 4] = struct.pack("<f", -0.25)
    (tmp_path / "negative.safetensors").write_bytes(content)
    refused(classify(tmp_path / "negative.safetensors", "--engine", engine),
            "the tensor 'bn1.running_var' holds the variance -0.25, below 0")


def test_class_names_come_in_the_forms_that_people_have(flowers, tmp_path):
    def labels(text):
        (tmp_path / "names").write_text(text)
        return classify(flowers, "--labels", tmp_path / "names")

    plain = labels("".join(f"flower{i}\n" for i in range(10)))
    assert plain.returncode == 0
    for text in ("".join(f"{i} flower{i}\n" for i in range(10)), "".join(f"flower{i},{i}\n" for i in range(10)),
                 json.dumps([f"flower{i}" for i in range(10)]), json.dumps({f"{i}": f"flower{i}" for i in range(10)})):
        assert labels(text).stdout == plain.stdout
    refused(labels("rose\n1 dog\n" + "tulip\n" * 8), "names: line 2 is '1 dog', not of the form 'tench'")
    refused(labels('{\n  "0": "rose",\n'), "names: line 1 is '{'")
