"""Runs every example of README.md, the pages under docs/ and the man page.

Nets with random weights stand in for the published weights. So where a page shows output, the command uses no
published weights. The last digits may differ between processors: numbers are compared to three decimals.
"""
import os
import re
import shutil
import subprocess

import pytest

import checkpoints
import class_folders
import documents
from program import BUILD, PROGRAM, ROOT

PAGES = {page.name: list(documents.examples_in(page.read_text())) for page in documents.MANUAL}
PAGES["imnet.1"] = list(documents.man_examples())
# A command that stands on several pages runs once.
EXAMPLES = {(command, tuple(output)): page for page, examples in PAGES.items() for command, output in examples}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the files that the examples name, and a cache with the weights that they load."""
    root = tmp_path_factory.mktemp("examples")
    (root / "samples").symlink_to(ROOT / "samples")
    cache = root / "cache"
    cache.mkdir()
    checkpoints.write(cache / "resnet50-11ad3fa6.pth", checkpoints.resnet50())
    checkpoints.write(cache / "resnet50-0676ba61.pth", checkpoints.resnet50())
    checkpoints.write(cache / "resnetv2_50.a1h_in1k.safetensors", checkpoints.pre_activation_resnet50())
    checkpoints.write(root / "flowers.pth", checkpoints.resnet18(10))
    (root / "targets.csv").write_text("chelsea.png,Egyptian cat\ncoffee.png,espresso\nrocket.jpg,missile\n")
    for picture in ("val/n02124075/chelsea.png", "val/espresso/coffee.png",
                    "ILSVRC2012_img_val/ILSVRC2012_val_00000001.JPEG"):
        (root / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "samples" / "coffee.png", root / picture)
    (root / "ILSVRC2012_validation_ground_truth.txt").write_text("490\n")
    (root / "flowers.txt").write_text("".join(f"flower {i}\n" for i in range(10)))
    class_folders.write(root / "leaves", 2)
    return root


def without_last_digits(line):
    """The line with numbers rounded to three decimals, and without the instructions that the processor has."""
    line = re.sub(r"(oneDNN [\d.]+), (AMX|AVX-512|AVX2|SSE4\.1)", r"\1, …", line)
    return re.sub(r"(?<![\w.])\d+\.\d+", lambda match: f"{float(match[0]):.3f}", line)


def test_every_page_has_examples():
    assert all(PAGES.values()) and sum(map(len, PAGES.values())) >= 70 and len(PAGES["imnet.1"]) >= 16


@pytest.mark.parametrize("command, output", EXAMPLES, ids=[f"{page}: {command}" for (command, _), page in EXAMPLES.items()])
def test_example(place, command, output):
    if "efficientnet_lite2" in command and not list(BUILD.glob("share/imnet/efficientnet-lite2-*.pth")):
        pytest.skip("this build has no model (scripts/setup installs it)")
    environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "IMNET_CACHE": str(place / "cache"),
                   "TORCH_HOME": str(place / "torch"), "HF_HUB_CACHE": str(place / "hub")}
    done = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=place,
                          env=environment, timeout=300)
    shown = done.stdout.decode().splitlines()
    if "--is" not in command:
        assert done.returncode == 0, shown
    if not output:
        return
    if "| tail" in command:  # the warning on standard error is not part of what the pipe shows
        shown = [line for line in shown if "the predictions mean nothing" not in line]
    assert sorted(map(without_last_digits, shown)) == sorted(map(without_last_digits, output))
