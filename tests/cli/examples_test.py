"""Every example of the README and the man page, run as it stands.

The published weights are played by nets of the right shape that mean nothing; so where the README
shows output, it comes from commands without weights. Digits may differ in the last places between
processors: they are compared up to three decimals of a per cent or a probability.
"""
import os
import re
import shutil
import subprocess

import pytest

import checkpoints
import class_folders
from program import PROGRAM, ROOT


def readme_examples():
    """(command, expected lines) of all console blocks."""
    for block in re.findall(r"^```console\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            yield command, output.splitlines()


def man_examples():
    roff = (ROOT / "man" / "imnet.1").read_text().split(".SH EXAMPLES")[1]
    for command in re.findall(r"^\.RS\n(.*)\n\.RE", roff, re.M):
        yield command.replace("\\-", "-"), []


EXAMPLES = [*readme_examples(), *man_examples()]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with what the examples name, and caches with what they load."""
    root = tmp_path_factory.mktemp("examples")
    (root / "samples").symlink_to(ROOT / "samples")
    cache = root / "cache"
    cache.mkdir()
    checkpoints.write(cache / "resnet50-11ad3fa6.pth", checkpoints.resnet50())
    checkpoints.write(cache / "resnet50-0676ba61.pth", checkpoints.resnet50())
    checkpoints.write(cache / "resnetv2_50.a1h_in1k.safetensors", checkpoints.pre_activation_resnet50())
    checkpoints.write(root / "flowers.pth", checkpoints.resnet18(10))
    (root / "labels.csv").write_text("chelsea.png,Egyptian cat\ncoffee.png,espresso\nrocket.jpg,missile\n")
    for picture in ("val/n02124075/chelsea.png", "val/espresso/coffee.png",
                    "ILSVRC2012_img_val/ILSVRC2012_val_00000001.JPEG"):
        (root / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "samples" / "coffee.png", root / picture)
    (root / "ILSVRC2012_validation_ground_truth.txt").write_text("490\n")
    (root / "flowers.txt").write_text("".join(f"flower {i}\n" for i in range(10)))
    class_folders.write(root / "leaves", 2)
    return root


def without_last_digits(line):
    """Numbers with a point, rounded to three decimals; and not which instructions the processor has."""
    line = re.sub(r"(oneDNN [\d.]+), (AMX|AVX-512|AVX2|SSE4\.1)", r"\1, …", line)
    return re.sub(r"(?<![\w.])\d+\.\d+", lambda match: f"{float(match[0]):.3f}", line)


def test_there_are_examples():
    assert len(list(readme_examples())) >= 10 and len(list(man_examples())) >= 8


@pytest.mark.parametrize("command, output", EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_example(place, command, output):
    environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "IMNET_CACHE": str(place / "cache")}
    done = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=place,
                          env=environment, timeout=300)
    shown = done.stdout.decode().splitlines()
    if "--is" not in command:
        assert done.returncode == 0, shown
    if not output:
        return
    if "| tail" in command:  # the warning on standard error is not part of what the pipe shows
        shown = [line for line in shown if "the labels mean nothing" not in line]
    assert sorted(map(without_last_digits, shown)) == sorted(map(without_last_digits, output))
