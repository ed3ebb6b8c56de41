"""A net whose predictions differ, images in folders of its classes, and imnet eval on them."""
import json
import math
import os
import shutil
import statistics
import struct

import pytest

from program import imnet
from small_net import CLASSES, write_pictures
from small_net import net as small_net  # noqa: F401

NAMES = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu"]
SHARPER = 300
QUIET = ("-q", "--threads", "2")


@pytest.fixture(scope="module")
def net(small_net, tmp_path_factory):
    """The small net with a head that makes its predictions differ between images: the logits minus their mean over
    some images, scaled up."""
    folder = tmp_path_factory.mktemp("sharp") / "net"
    shutil.copytree(small_net, folder)
    pictures = write_pictures(tmp_path_factory.mktemp("some") / "pictures", 40, seed=99)
    done = imnet(*QUIET, "--weights", small_net, "-k", str(CLASSES), "--format", "jsonl", pictures)
    answers = [row["top"] for row in map(json.loads, done.stdout.splitlines()) if "top" in row]
    means = [statistics.mean(math.log(label["prob"]) for top in answers for label in top if label["index"] == index)
             for index in range(CLASSES)]
    with open(folder / "model.safetensors", "r+b") as file:
        size, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        for name, shift in (("fc.weight", [0] * CLASSES * 512), ("fc.bias", means)):
            begin, end = header[name]["data_offsets"]
            file.seek(8 + size + begin)
            values = struct.unpack(f"<{len(shift)}f", file.read(end - begin))
            file.seek(8 + size + begin)
            file.write(struct.pack(f"<{len(shift)}f", *(SHARPER * (a - b) for a, b in zip(values, shift))))
    return folder


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    file = tmp_path_factory.mktemp("names") / "names.txt"
    file.write_text("\n".join(NAMES) + "\n")
    return file


@pytest.fixture(scope="module")
def data(net, names, tmp_path_factory):
    """A folder for each class but the last. It has images that the net predicts as this class, others, and some files
    that are not images."""
    root = tmp_path_factory.mktemp("data")
    flat = write_pictures(tmp_path_factory.mktemp("flat") / "pictures", 66)
    done = imnet(*QUIET, "--weights", net, "-k", "7", "--format", "jsonl", flat)
    for number, row in enumerate(map(json.loads, done.stdout.splitlines())):
        order = [label["index"] for label in row.get("top", [{"index": 0}])]
        rank = [0, 0, 3, 0, 6, 1][number % 6]
        name = NAMES[min(order[rank % len(order)], 5)]
        (root / name).mkdir(exist_ok=True)
        (root / name / os.path.basename(row["path"])).write_bytes(open(row["path"], "rb").read())
    assert sorted(os.listdir(root)) == NAMES[:-1]
    return root


def evaluate(net, names, *more, **keywords):
    return imnet("eval", *QUIET, "--weights", net, "--labels", names, *more, **keywords)


def figures(net, names, *more):
    done = evaluate(net, names, "--format", "json", *more)
    assert done.stdout, done.stderr
    return json.loads(done.stdout), done


@pytest.fixture(scope="module")
def rows(net, names, data):
    """(target, path, predicted indices in order, probabilities) of all images that can be decoded."""
    done = imnet(*QUIET, "--weights", net, "--labels", names, "-k", str(CLASSES), "--format", "jsonl", data)
    parsed = [json.loads(line) for line in done.stdout.splitlines()]
    return [(NAMES.index(row["path"].split("/")[-2]), row["path"], [label["index"] for label in row["top"]],
             [label["prob"] for label in row["top"]]) for row in parsed if "top" in row]


def classes_found(net, names, *more):
    return [entry["index"] for entry in figures(net, names, *more)[0]["classes"]]
