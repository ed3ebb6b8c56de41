"""The files of training scripts: the weights are found, whatever is beside them, and nothing is run."""
import argparse
import collections
import contextlib
import os
import pickle
import subprocess
import sys
import pathlib

import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch to write checkpoints")

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import training_files  # noqa: E402
from checkpoints_test import PROBE, Attack, peak_memory, probe, refusal, save, wanted  # noqa: E402, F401


SAMPLE = pathlib.Path(__file__).parents[2] / "samples" / "rocket.jpg"


def small_net():
    torch.manual_seed(0)
    return torch.nn.Sequential(collections.OrderedDict(conv=torch.nn.Conv2d(3, 4, 3), bn=torch.nn.BatchNorm2d(4),
                                                       fc=torch.nn.Linear(4, 3)))


def saved(file, save, **options):
    """Saves what the function of training_files gives; some give it only while their classes exist."""
    made = file if not hasattr(file, "__enter__") else None
    with contextlib.nullcontext(made) if made is not None else file as thing:
        return save(thing, **options)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_objects_beside_the_weights_are_not_needed(save, protocol):
    named = small_net().state_dict()
    path = save({"state_dict": named, **training_files.things()}, pickle_protocol=protocol)
    assert probe(path) == wanted(named)
    path = save({**training_files.things(), "model": named, "weights_of_loss": [torch.ones(2)]}, pickle_protocol=protocol)
    assert probe(path) == wanted(named)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_state_dicts_of_other_classes(save, protocol):
    net = small_net()
    named = net.state_dict()
    assert hasattr(named, "_metadata")
    assert probe(save(named, pickle_protocol=protocol)) == wanted(named)
    default = collections.defaultdict(list, named)
    assert probe(save(default, pickle_protocol=protocol)) == wanted(named)
    assert probe(save(dict(net.named_parameters()), pickle_protocol=protocol)) == wanted(dict(net.named_parameters()))
    with training_files.classes_of("project.weights", "Weights", base=dict) as (weights,):
        path = save({"state_dict": weights(named)}, pickle_protocol=protocol)
    assert probe(path) == wanted(named)


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("tool", ["torchvision", "timm", "lightning", "fastai", "deepspeed", "simclr"])
def test_the_weights_of_a_training_are_found(save, tool, protocol):
    net = small_net()
    path = saved(getattr(training_files, tool)(net), save, pickle_protocol=protocol)
    assert probe(path) == wanted(net.state_dict())


@pytest.mark.parametrize("tool", ["torchvision", "timm", "dino", "byol"])
def test_the_averaged_weights_are_found_where_they_are_asked_for(save, tool):
    net = small_net()
    path = save(getattr(training_files, tool)(net))
    assert probe(path) == wanted(net.state_dict())
    assert probe(path, "--ema") == wanted(training_files.averaged(net.state_dict()))


def test_the_state_dict_of_mmpretrain_is_its_average(save):
    net = small_net()
    path = saved(training_files.mmpretrain(net), save)
    assert probe(path) == probe(path, "--ema") == wanted(net.state_dict())


def test_networks_beside_one_another_keep_their_names(save):
    net = small_net()
    moco = training_files.moco(net)
    names = {name[len("module."):]: tensor for name, tensor in moco["state_dict"].items()}
    assert probe(save(moco)) == wanted(names)


@pytest.fixture(scope="module")
def resnet50():
    return pytest.importorskip("torchvision", reason="torchvision is not installed").models.resnet50(weights=None)


def classify(path, *words):
    """The program's answer for a photograph."""
    return subprocess.run([PROBE.with_name("imnet"), *words, "--weights", path, "--format", "jsonl", SAMPLE],
                          capture_output=True, text=True)


@pytest.mark.parametrize("tool", ["torchvision", "timm", "lightning", "deepspeed", "dino"])
def test_the_network_of_a_training_classifies(resnet50, tmp_path, monkeypatch, tool):
    monkeypatch.setattr(training_files, "optimizer", lambda net: torch.optim.SGD(net.parameters(), 0.1))
    plain, path = tmp_path / "resnet50.pth", tmp_path / "checkpoint.pth"
    torch.save(resnet50.state_dict(), plain)
    saved(getattr(training_files, tool)(resnet50), lambda thing: torch.save(thing, path))
    # DeepSpeed does not write which network it is, and resnet50 is not the only one with these tensors.
    done = classify(path, *(["--model", "resnet50"] if tool == "deepspeed" else []))
    assert done.returncode == 0, done.stderr
    assert done.stdout == classify(plain).stdout


@pytest.mark.parametrize("tool", ["moco", "swav"])
def test_the_backbone_of_a_training_does_not(resnet50, tmp_path, monkeypatch, tool):
    monkeypatch.setattr(training_files, "optimizer", lambda net: torch.optim.SGD(net.parameters(), 0.1))
    path = tmp_path / "checkpoint.pth"
    torch.save(getattr(training_files, tool)(resnet50), path)
    done = classify(path)
    assert done.returncode == 3 and "this is a resnet50 without a classifier" in done.stderr
    assert "is a projection, whose outputs" in done.stderr


def test_timm_s_own_saver(tmp_path):
    utils = pytest.importorskip("timm.utils", reason="timm is not installed")
    net, average = small_net(), small_net()
    with torch.no_grad():
        average.conv.weight.add_(1)
    args = argparse.Namespace(model="resnet50", lr=0.1, output=pathlib.Path("."))
    saver = utils.CheckpointSaver(net, training_files.optimizer(net), args=args, checkpoint_dir=str(tmp_path),
                                  recovery_dir=str(tmp_path), model_ema=type("Ema", (), {"module": average})())
    saver.save_checkpoint(1, metric=70.0)
    path = next(tmp_path.glob("checkpoint*.pth.tar"))
    assert probe(path) == wanted(net.state_dict())
    assert probe(path, "--ema") == wanted(average.state_dict())


def test_what_a_call_would_make_is_not_taken_for_weights(save):
    numpy = pytest.importorskip("numpy")
    named = small_net().state_dict()
    message = refusal(save({"state_dict": {**named, "conv.weight": numpy.ones((2, 2))}}))
    assert "the tensor 'conv.weight' would be made by 'numpy" in message and "nothing was run" in message
    with training_files.classes_of("project.weights", "Holder") as (holder,):
        assert "'project.weights.Holder'" in refusal(save({"state_dict": holder()}))
        assert "'project.weights.Holder'" in refusal(save(holder()))


def test_attacks_beside_the_weights_execute_nothing(save, tmp_path):
    witness = tmp_path / "witness"
    for protocol in (2, 3, 4, 5):
        for attack in (Attack(os.system, f"touch {witness}"), Attack(eval, f"open({str(witness)!r}, 'w')"),
                       Attack(getattr, pathlib.Path, "__init_subclass__"), Attack(subprocess.Popen, ["touch", str(witness)]),
                       Attack(pickle.loads, pickle.dumps(Attack(os.system, f"touch {witness}")))):
            thing = {"state_dict": small_net().state_dict(), "args": argparse.Namespace(note=attack)}
            assert "nothing was run" in refusal(save(thing, pickle_protocol=protocol))
    assert not witness.exists()


def test_functions_that_are_not_known_are_not_called(save, tmp_path):
    """pathlib.Path.touch is harmless by name, so the file is read, but it is not called."""
    witness = tmp_path / "witness"
    named = small_net().state_dict()
    attack = Attack(pathlib.Path.touch, witness)
    assert probe(save({"state_dict": named, "note": attack}, pickle_protocol=4)) == wanted(named)
    assert not witness.exists()


def test_a_million_objects_cost_no_memory(tmp_path):
    path = tmp_path / "small.pth"
    torch.save({"w": torch.ones(1)}, path)
    base = peak_memory(path)
    for protocol in (2, 5):
        named = small_net().state_dict()
        torch.save({"state_dict": named, "runs": [argparse.Namespace(number=i) for i in range(1_000_000)]}, path,
                   pickle_protocol=protocol)
        assert "16 MB" in refusal(path)
        assert peak_memory(path) - base < 24 << 20
