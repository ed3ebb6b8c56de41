"""Checkpoints written by PyTorch, in every form and wrapping: the program reads the same tensors as PyTorch.

Runs under any Python that has torch; IMNET_BUILD names the build folder.
"""
import collections
import hashlib
import json
import os
import pathlib
import pickle
import struct
import subprocess
import sys
import tarfile
import zipfile

import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch to write checkpoints")

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import make_checkpoints  # noqa: E402

PROBE = pathlib.Path(os.environ.get("IMNET_BUILD", "build/release")) / "bin" / "checkpoints_probe"
EVERY_TYPE = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
              torch.int8, torch.uint8, torch.bool]


def probe(path, *options):
    """The tensors that the program reads: name → (dtype, shape, hash of the values)."""
    done = subprocess.run([PROBE, *options, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len({line["name"] for line in lines}) == len(lines)
    return {line["name"]: (line["dtype"], line["shape"], line["sha256"]) for line in lines}


def refusal(path):
    done = subprocess.run([PROBE, path], capture_output=True, text=True)
    assert done.returncode == 3 and done.stdout == ""
    assert done.stderr.startswith(f"{path}: ") and done.stderr.count("\n") == 1
    return done.stderr[len(f"{path}: "):-1]


def wanted(named):
    """The same from PyTorch."""
    result = {}
    for name, tensor in named.items():
        values = tensor.detach().float().contiguous().reshape(-1).view(torch.uint8)
        digest = hashlib.sha256(bytes(values.tolist())).hexdigest()
        result[name] = (str(tensor.dtype)[len("torch."):], list(tensor.shape), digest)
    return result


def random_tensors():
    torch.manual_seed(0)
    named = collections.OrderedDict()
    for dtype in EVERY_TYPE:
        name = str(dtype)[len("torch."):]
        named[name] = (torch.randn(5, 7, 3) * 100).abs().clamp(max=100).to(dtype)
        named[name + ".transposed"] = named[name].transpose(0, 2)
        named[name + ".row"] = named[name][3]
        named[name + ".steps"] = named[name][::2, 1::3]
        named[name + ".expanded"] = named[name][:, :1].expand(5, 4, 3)
        named[name + ".scalar"] = named[name][0, 0, 0]
        named[name + ".empty"] = torch.empty(0, 4, dtype=dtype)
        named[name + ".channels_last"] = named[name][None].to(memory_format=torch.channels_last)
    return named


@pytest.fixture(params=["zip", "legacy"])
def save(request, tmp_path):
    path = tmp_path / "checkpoint.pth"

    def save_as(thing, **options):
        torch.save(thing, path, _use_new_zipfile_serialization=request.param == "zip", **options)
        return path

    return save_as


def test_every_type_and_view(save):
    named = random_tensors()
    assert probe(save(named)) == wanted(named)


def test_special_values(save):
    named = make_checkpoints.tensors()
    named = {name: tensor.detach().nan_to_num(0.5) if tensor.is_floating_point() else tensor
             for name, tensor in named.items()}
    assert probe(save(named)) == wanted(named)


def test_parameters_buffers_and_attributes(save):
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    assert probe(save(net.state_dict())) == wanted(net.state_dict())
    assert probe(save(net.state_dict(keep_vars=True))) == wanted(net.state_dict())
    parameter = torch.nn.Parameter(torch.ones(2))
    parameter.note = "kept by torch, of no matter here"
    assert probe(save({"p": parameter})) == wanted({"p": parameter})


@pytest.mark.parametrize("prefix", ["", "module.", "model.", "backbone.", "_orig_mod.", "module._orig_mod."])
@pytest.mark.parametrize("key", [None, "state_dict", "model", "model_state_dict", "ema", "model_ema", "state_dict_ema"])
def test_wrappings(save, key, prefix):
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.randn(4, 2)).sum().backward()
    optimizer.step()
    named = collections.OrderedDict((prefix + name, tensor) for name, tensor in net.state_dict().items())
    thing = named if key is None else {"epoch": 3, "arch": "resnet50", "best_acc1": torch.tensor(76.1),
                                       "optimizer": optimizer.state_dict(), "scheduler": {"last_epoch": 3},
                                       key: named, "history": [(1, 0.5), (2, 0.25)], "classes": {"cat", "dog"}}
    path = save(thing)
    assert probe(path) == wanted(net.state_dict())
    assert probe(path, "--raw") == wanted(named)


def test_averaged_weights_only_when_asked_for(save):
    plain, averaged = {"w": torch.zeros(2)}, {"w": torch.ones(2)}
    path = save({"model": plain, "model_ema": averaged})
    assert probe(path) == wanted(plain)
    assert probe(path, "--ema") == wanted(averaged)


def test_averaged_model(save):
    net = torch.nn.Linear(2, 3)
    averaged = torch.optim.swa_utils.AveragedModel(net)
    assert probe(save(averaged.state_dict())) == wanted(net.state_dict())


@pytest.mark.skipif(not hasattr(torch.serialization, "set_crc32_options"), reason="newer PyTorch only")
def test_checksums_may_be_left_out(tmp_path):
    named = random_tensors()
    torch.serialization.set_crc32_options(False)
    try:
        torch.save(named, tmp_path / "a.pth")
    finally:
        torch.serialization.set_crc32_options(True)
    assert probe(tmp_path / "a.pth") == wanted(named)


def test_big_endian(tmp_path):
    """The archive that a big-endian machine writes: the bytes of every value are reversed."""
    named = {name: tensor for name, tensor in random_tensors().items() if "." not in name}
    torch.save(named, tmp_path / "little.pth")
    sizes = [tensor.element_size() for tensor in named.values()]
    with zipfile.ZipFile(tmp_path / "little.pth") as little, zipfile.ZipFile(tmp_path / "big.pth", "w") as big:
        for entry in little.namelist():
            content = little.read(entry)
            if entry.endswith("/byteorder"):
                continue
            if "/data/" in entry:
                size = sizes[int(entry.rsplit("/", 1)[1])]
                content = b"".join(content[i:i + size][::-1] for i in range(0, len(content), size))
            big.writestr(entry, content)
        big.writestr("little/byteorder", b"big")
    assert probe(tmp_path / "big.pth") == wanted(named)


def test_the_oldest_form_is_refused_with_advice(tmp_path):
    """A tar archive, as PyTorch before 0.1.10 wrote; Python's tarfile puts a PAX header before a member whose
    time is not a whole number."""
    path = tmp_path / "old.pth"
    for time in (1480000000, 1480000000.5):
        with tarfile.open(path, "w:", format=tarfile.PAX_FORMAT) as archive:
            for name in ("sys_info", "pickle", "tensors", "storages"):
                member = tarfile.TarInfo(name)
                member.mtime = time
                archive.addfile(member)
        assert "before 0.1.10" in refusal(path) and "torch.load(FILE, weights_only=False)" in refusal(path)


def test_safetensors(tmp_path):
    save_file = pytest.importorskip("safetensors.torch").save_file
    named = {name: tensor.clone().contiguous() for name, tensor in random_tensors().items()}
    save_file(named, tmp_path / "model.safetensors", metadata={"format": "pt"})
    assert probe(tmp_path / "model.safetensors") == wanted(named)
    names = sorted(named)
    shards = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    folder = tmp_path / "sharded"
    folder.mkdir()
    for shard, inside in shards.items():
        save_file({name: named[name] for name in inside}, folder / shard)
    index = {"metadata": {"total_size": 0}, "weight_map": {name: shard for shard in shards for name in shards[shard]}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert probe(folder) == wanted(named)
    assert probe(folder / "model.safetensors.index.json") == wanted(named)


def test_transformers_names_become_torchvisions(tmp_path):
    transformers = pytest.importorskip("transformers")
    config = transformers.ResNetConfig(embedding_size=8, hidden_sizes=[16, 32], depths=[1, 2], num_labels=3)
    net = transformers.ResNetForImageClassification(config)
    net.save_pretrained(tmp_path)
    names = set(probe(tmp_path))
    assert {"conv1.weight", "bn1.running_mean", "layer1.0.downsample.0.weight", "layer2.1.conv3.weight",
            "layer2.0.downsample.1.bias", "fc.weight", "fc.bias"} <= names
    assert not any("resnet" in name or "classifier" in name for name in names)


class Attack:
    """Executes a command when it is unpickled."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def test_attacks_execute_nothing(save, tmp_path):
    witness = tmp_path / "witness"
    for attack in (Attack(os.system, f"touch {witness}"), Attack(eval, f"open({str(witness)!r}, 'w')"),
                   Attack(getattr, "text", "join")):
        for thing in (attack, {"weight": torch.ones(1), "note": attack}, [attack]):
            assert "nothing was run" in refusal(save(thing))
    assert not witness.exists()


def test_whole_models_say_what_to_save(save):
    assert "save model.state_dict() instead" in refusal(save(torch.nn.Linear(2, 2)))
    assert "save model.state_dict() instead" in refusal(save({"model": torch.nn.Linear(2, 2)}))
    torchvision = pytest.importorskip("torchvision")
    assert "save model.state_dict() instead" in refusal(save(torchvision.models.resnet18()))


def test_torchscript(tmp_path):
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(tmp_path / "script.pt"))
    assert "TorchScript" in refusal(tmp_path / "script.pt")


def test_quantised(save):
    weight = torch.quantize_per_tensor(torch.randn(3, 3), 0.1, 0, torch.qint8)
    assert "quantised state dict (the tensor 'conv.weight' is qint8)" in refusal(save({"conv.weight": weight}))


def test_other_objects_are_refused(save, tmp_path):
    assert "holds no dict of tensors" in refusal(save(torch.ones(2)))
    assert "holds no dict of tensors" in refusal(save([torch.ones(2)]))
    assert "holds no state dict (its keys: 'epoch')" in refusal(save({"epoch": 1}))
    assert "complex64" in refusal(save({"w": torch.ones(2, dtype=torch.complex64)}))
    assert "sparse" in refusal(save({"w": torch.eye(2).to_sparse()}))
    (tmp_path / "plain.pkl").write_bytes(pickle.dumps({"w": 1}, protocol=2))
    assert "plain pickle" in refusal(tmp_path / "plain.pkl")


@pytest.mark.parametrize("share", [0, 0.3, 0.6, 0.99])
def test_cut_files(save, share):
    path = save({"weight": torch.randn(100, 100)})
    content = path.read_bytes()
    path.write_bytes(content[:int(len(content) * share)])
    assert any(word in refusal(path) for word in ("truncated", "empty"))


def test_a_changed_weight_is_found(tmp_path):
    torch.save({"weight": torch.ones(1000)}, tmp_path / "a.pth")
    content = bytearray((tmp_path / "a.pth").read_bytes())
    content[content.index(b"\0\0\x80?" * 10) + 17] ^= 0x10
    (tmp_path / "a.pth").write_bytes(content)
    assert "are not those that were saved" in refusal(tmp_path / "a.pth")


def peak_memory(path):
    """The peak memory of the probe in bytes, without the mapped file."""
    done = subprocess.run([PROBE, "--peak", path], capture_output=True, text=True)
    return int(done.stdout.splitlines()[-1]) - path.stat().st_size


def test_hostile_files_cost_no_memory(tmp_path):
    """Files of up to 60 MB that ask for far more values."""
    small = tmp_path / "small.pth"
    torch.save({"w": torch.ones(1)}, small)
    base = peak_memory(small)
    head = b"\x80\x02"
    memo = b"N" + b"".join(b"r" + struct.pack("<I", i) for i in range(10_000_000))
    lists = b"]" + b"".join(b"(" + b"]" * 100_000 + b"e" for _ in range(500))
    deep = b"N" + b"\x85" * 50_000_000
    tensors = b"}(" + b"".join(b"U\x08%08d]" % i for i in range(4_000_000)) + b"u"
    for pickled in (memo, lists, deep, tensors):
        path = tmp_path / "hostile.pth"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a/data.pkl", head + pickled + b".")
        assert "refused" in refusal(path) or "hostile" in refusal(path)
        assert peak_memory(path) - base < 24 << 20
    header = b'{"a":{"dtype":"F32","shape":[' + b"[" * 50_000_000
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    assert "hostile" in refusal(path)
    assert peak_memory(path) - base < 24 << 20
    text = b'{"__metadata__":{"x":"' + rb'\"' * 30_000_000 + b'"}}'
    path.write_bytes(struct.pack("<Q", len(text)) + text)
    assert "longer than 1 MB" in refusal(path)
    assert peak_memory(path) - base < 24 << 20
    many = b'{' + b",".join(b'"%d":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}' % i for i in range(1_000_000)) + b"}"
    path.write_bytes(struct.pack("<Q", len(many)) + many)
    assert "more than 16384 tensors" in refusal(path)
    assert peak_memory(path) - base < 24 << 20
