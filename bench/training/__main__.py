"""Times training against the same loop in PyTorch: the whole net, and a new head on a frozen backbone.

    scripts/setup --for-bench
    .deps/python/bin/python bench/training --output bench/runs/DATE-CPU/training.json

Both start from the same ResNet-50 (one state dict with random weights) and the same JPEG files of about 500x375 in
folders of classes. A fifth of each class is held back. Batch, size, optimizer and cores are the same. In every epoch
both read the files, decode, crop at random, mirror and normalise, as a user's run does. A batch that is ready in memory
would leave out half of the work of small nets.

PyTorch reads with a DataLoader that has one process for each core and keeps its workers from epoch to epoch. It uses
Pillow and its own code for torchvision's RandomResizedCrop and RandomHorizontalFlip, so that PyTorch 2.13 needs no
torchvision. It uses channels-last, which is faster.

With a frozen backbone the program computes the features once and trains the head on them. It is compared with PyTorch's
usual loop, which sends every image through the frozen backbone in every epoch, and with one that keeps the features.

The seconds of an epoch are those of its steps and of its validation, not of writing a checkpoint. `wall` is the whole
process from start to end, including that; the program then has a model on disk, PyTorch only in memory. The two run in
turns. The first epoch of each process warms up and is not in the medians.
"""
import argparse
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "peers"))

import pictures  # noqa: E402
import record  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("IMNET_BUILD", "build/release")) / "bin" / "imnet"
PART = {"full": "none", "frozen": "backbone"}
LOOPS = {"full": {"PyTorch": "full"}, "frozen": {"PyTorch, usual loop": "usual", "PyTorch, features kept": "frozen"}}


def prepare(folder, options):
    """Makes the files and the weights for both."""
    import torch
    from resnet50 import ResNet50
    from safetensors.torch import save_file

    for index in range(options.pictures):
        pictures.save(folder, "small", options.pictures, options.classes, index)
    torch.manual_seed(0)
    save_file(ResNet50().state_dict(), folder / "parent.safetensors")


def run(command):
    start = time.perf_counter()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return time.perf_counter() - start, done.stdout


def program(folder, kind, options):
    output = folder / "model.safetensors"
    command = [PROGRAM, "finetune", folder / "small", "-o", output, "--weights", folder / "parent.safetensors", "--quiet",
               "--progress", "never", "--device", "cpu", "--freeze", PART[kind], "--epochs", options.epochs[kind],
               "--batch", options.batch, "--size", options.size, "--threads", options.cores,
               "--precision", options.precision]
    wall, _ = run(command)
    with open(f"{output}.csv") as file:
        return {"wall": wall, "epochs": [float(row["seconds"]) for row in csv.DictReader(file)]}, command


def pytorch(folder, kind, options):
    job = {"folder": str(folder), "kind": kind, "epochs": options.epochs[kind], "batch": options.batch,
           "size": options.size, "cores": options.cores, "precision": options.precision}
    command = [sys.executable, HERE / "pytorch_loop.py", json.dumps(job)]
    wall, shown = run(command)
    return {"wall": wall, **json.loads(shown)}, command


def as_typed(word, folder):
    """The record with paths from the root of the source, so that it names no folder of this machine."""
    return str(word).replace(folder, "FOLDER").replace(f"{HERE.parents[1]}/", "")


def medians(samples):
    """Median seconds of an epoch from the second on, and seconds of the whole process."""
    return {"epoch": statistics.median(seconds for sample in samples for seconds in sample["epochs"][1:]),
            "wall": statistics.median(sample["wall"] for sample in samples)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--classes", type=int, default=4)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full-epochs", type=int, default=2)
    parser.add_argument("--frozen-epochs", type=int, default=20)
    parser.add_argument("--usual-epochs", type=int, default=2)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--kinds", nargs="+", choices=list(PART), default=list(PART))
    parser.add_argument("--output", type=pathlib.Path)
    options = parser.parse_args()
    options.epochs = {"full": options.full_epochs, "frozen": options.frozen_epochs, "usual": options.usual_epochs}
    options.cores = len(os.sched_getaffinity(0))
    if min(options.epochs.values()) < 2:
        parser.error("the first epoch is for warming up: each kind takes at least 2")

    version = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    content = {"machine": record.machine(), "versions": {**record.versions(), "imnet": version.split()[1]},
               "command": ["bench/training", *sys.argv[1:]],
               "settings": {key: value for key, value in vars(options).items() if key != "output"},
               "load_average": {"begin": os.getloadavg()}, "results": []}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare(folder, options)
        for kind in options.kinds:
            peers = {"imnet": lambda: program(folder, kind, options)}
            for peer, loop in LOOPS[kind].items():
                peers[peer] = lambda loop=loop: pytorch(folder, loop, options)
            samples = {peer: [] for peer in peers}
            for _ in range(options.rounds):
                for peer, measure in peers.items():
                    sample, command = measure()
                    samples[peer].append(sample)
                    print(f"{kind}, {peer}: {sample}", file=sys.stderr, flush=True)
                    content.setdefault("commands", {})[f"{kind}, {peer}"] = [
                        as_typed(word, name) for word in command]
            of_peer = {peer: medians(taken) for peer, taken in samples.items()}
            content["results"].append({"kind": kind, "unit": "s", "samples": samples, "medians": of_peer})
            for peer in LOOPS[kind]:
                print(f"{kind}: an epoch from the second on takes {of_peer['imnet']['epoch']:.3f} s, {peer} "
                      f"{of_peer[peer]['epoch'] / of_peer['imnet']['epoch']:.2f} times as long")
    content["load_average"]["end"] = os.getloadavg()
    if options.output:
        options.output.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
