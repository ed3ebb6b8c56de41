"""Networks among other tensors: prefixes, auxiliary entries, classifiers of other names, and backbones without one."""
import json

import pytest

import checkpoints
from class_folders import CLASSES
from finetune_test import finetune, pictures  # noqa: F401
from program import SAMPLES, imnet

ROCKET = SAMPLES / "rocket.jpg"
NET = list(checkpoints.resnet18(10))
BODY = [(name, shape) for name, shape in NET if not name.startswith("fc.")]


def with_prefix(prefix, tensors):
    return [(prefix + name, shape) for name, shape in tensors]


def linear(name, outputs, inputs=512):
    return [(f"{name}.weight", [outputs, inputs]), (f"{name}.bias", [outputs])]


MOCO = [*with_prefix("module.encoder_q.", BODY), *linear("module.encoder_q.fc", 128),
        *with_prefix("module.encoder_k.", BODY), *linear("module.encoder_k.fc", 128),
        ("module.queue", [128, 4096]), ("module.queue_ptr", [1])]
MOCO_2 = [*with_prefix("module.encoder_q.", BODY), *linear("module.encoder_q.fc.0", 512),
          *linear("module.encoder_q.fc.2", 128), ("module.queue", [128, 4096])]
SIMCLR = [*with_prefix("backbone.", BODY), *linear("backbone.fc.0", 512), *linear("backbone.fc.2", 128)]
SWAV = [*with_prefix("module.", BODY), *linear("module.projection_head.0", 512), *linear("module.projection_head.3", 128),
        ("module.prototypes.weight", [3000, 128])]
DINO = [*with_prefix("module.backbone.", BODY), *linear("module.head.mlp.0", 2048), *linear("module.head.mlp.2", 256, 2048),
        ("module.head.last_layer.weight_v", [4096, 256])]


def numbered(tensors):
    """The names of nn.Sequential(*resnet.children())."""
    numbers = {"conv1": "0", "bn1": "1", "layer1": "4", "layer2": "5", "layer3": "6", "layer4": "7"}
    return [(".".join([numbers[name.split(".")[0]], *name.split(".")[1:]]), shape) for name, shape in tensors]


BYOL = [*with_prefix("online_network.encoder.", numbered(BODY)), *linear("online_network.projetion.net.0", 512),
        ("online_network.projetion.net.1.weight", [512]), *linear("online_network.projetion.net.3", 128),
        *with_prefix("target_network.encoder.", numbered(BODY))]
FASTAI = [*with_prefix("0.", numbered(BODY)), ("1.2.weight", [1024]), *linear("1.4", 512, 1024), *linear("1.8", 10)]
BACKBONES = {"moco": MOCO, "moco_2": MOCO_2, "simclr": SIMCLR, "swav": SWAV, "dino": DINO, "byol": BYOL,
             "fastai": FASTAI, "plain": BODY, "torch_children": numbered(BODY)}


def write(folder, tensors):
    return checkpoints.write(folder / "net.safetensors", tensors)


def classify(weights, *words):
    return imnet("--weights", weights, "--format", "jsonl", *words, ROCKET)


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    """What the network answers in a file of its own."""
    return classify(write(tmp_path_factory.mktemp("plain"), NET)).stdout


@pytest.mark.parametrize("prefix, head", [
    ("net.", "net.fc"), ("module.model.", "module.model.fc"), ("backbone.", "head.fc"), ("model.", "classifier"),
    ("", "last_linear"), ("", "fc.1"), ("", "fc.0"), ("", "classifier.1"), ("", "head"), ("encoder.body.", "probe.linear")])
def test_prefixes_and_heads_of_any_name(tmp_path, answer, prefix, head):
    done = classify(write(tmp_path, [*with_prefix(prefix, BODY), *linear(head, 10)]))
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == answer
    assert done.stderr.decode() == f"imnet: {tmp_path / 'net.safetensors'}: resnet18 with 10 classes\n"


def test_auxiliary_entries_are_left_out_and_told(tmp_path, answer):
    extra = [("criterion.weight", [10]), ("criterion.centers", [10, 512]), ("mean", [3]), *linear("aux.0", 7, 256)]
    path = write(tmp_path, [*extra, *with_prefix("model.", NET)])
    done = classify(path)
    assert done.stdout == answer
    assert done.stderr.decode().splitlines()[1:] == [f"imnet: {path}: left out: 'criterion', 'mean', 'aux'"]
    report = json.loads(imnet("weights", "inspect", "--format", "json", path).stdout)
    assert report["architecture"] == "resnet18" and report["classes"] == 10


def test_more_inside_the_network_is_another_network(tmp_path):
    done = classify(write(tmp_path, [*NET, ("layer1.0.attention.weight", [64, 64])]))
    assert done.returncode == 3
    assert "the nearest is resnet18: 1 unexpected (layer1.0.attention.weight)" in done.stderr.decode()


def test_of_a_student_and_a_teacher_one_is_chosen_and_said(tmp_path, answer):
    other = [(name, [7, *shape[1:]] if name.startswith("fc.") else shape) for name, shape in NET]
    path = write(tmp_path, [*with_prefix("student.", NET), *with_prefix("teacher.", other)])
    done = classify(path)
    assert done.stdout == answer
    assert ("it holds networks under the prefixes 'student.', 'teacher.': 'student.' is used; --ema takes the averaged "
            "one") in done.stderr.decode()
    averaged = classify(path, "--ema")
    assert "resnet18 with 7 classes" in averaged.stderr.decode() and "'teacher.' is used" in averaged.stderr.decode()


def test_of_two_equal_networks_none_is_chosen(tmp_path):
    done = classify(write(tmp_path, [*with_prefix("left.", NET), *with_prefix("right.", NET)]))
    assert done.returncode == 3 and done.stdout == b""
    assert "it holds several networks, under the prefixes 'left.', 'right.': save the state dict" in done.stderr.decode()


@pytest.mark.parametrize("kind", BACKBONES)
def test_a_backbone_does_not_classify(tmp_path, kind):
    path = write(tmp_path, BACKBONES[kind])
    done = classify(path)
    error = done.stderr.decode()
    assert done.returncode == 3 and done.stdout == b"" and error.count("\n") == 1
    assert error.startswith(f"imnet: {path}: this is a resnet18 without a classifier")
    assert error.endswith(f": train one with 'imnet finetune DIR --weights {path} -o FILE'\n")
    reason = {"moco": "(encoder_q.fc is a projection, whose outputs queue takes)",
              "moco_2": "(encoder_q.fc is not one linear layer, as a classifier is)"}
    assert reason.get(kind, "") in error
    assert "resnet18, no classifier" in imnet("weights", "inspect", path).stdout.decode()


@pytest.mark.parametrize("kind", ["moco", "swav", "plain"])
def test_finetune_takes_a_backbone(pictures, tmp_path, kind):  # noqa: F811
    path = write(tmp_path, BACKBONES[kind])
    output = tmp_path / "new.safetensors"
    words = ["--size", "32", "--threads", "1", "--freeze", "backbone", "--epochs", "1", "--val", pictures]
    done = finetune(pictures, output, "--weights", path, *words)
    assert done.returncode == 0, done.stderr.decode()
    assert f"imnet: {path}: resnet18 without a classifier\n" in done.stderr.decode()
    top = json.loads(classify(output).stdout)["top"]
    assert {label["label"] for label in top} <= set(CLASSES)


def test_a_misfit_is_compared_with_the_nearest_network(tmp_path):
    broken = [(name, shape) for name, shape in checkpoints.resnet(checkpoints.basic_block, 1, [3, 4, 6, 3], 10)
              if name != "layer2.3.conv1.weight"]
    done = classify(write(tmp_path, with_prefix("model.", broken)))
    assert done.returncode == 3
    assert "the nearest is resnet34: 1 missing (layer2.3.conv1.weight)" in done.stderr.decode()
    done = classify(tmp_path / "net.safetensors", "--model", "resnet34")
    assert "does not fit resnet34: 1 missing (layer2.3.conv1.weight)" in done.stderr.decode()
    done = classify(write(tmp_path, [("cls_token", [1, 1, 8]), ("patch_embed.proj.weight", [8, 3, 16, 16])]))
    assert ("its tensors ('cls_token', 'patch_embed.proj.weight') are of no network that imnet knows: 'imnet models' lists "
            "those that it knows") in done.stderr.decode()


def test_another_network_than_the_one_that_is_named_is_told(tmp_path):
    done = classify(write(tmp_path, with_prefix("net.", NET)), "--model", "resnet50")
    assert done.returncode == 3
    assert "does not fit resnet50" in done.stderr.decode()
    assert "it looks like resnet18: use --model resnet18" in done.stderr.decode()
