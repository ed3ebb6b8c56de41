"""Times how long imnet, torch.load and safetensors take to read resnet50's state dict (100 MB).

    IMNET_BUILD=build/release python bench/checkpoints.py [--repeats 15] [--output FILE]

All are timed in one run, from the page cache. `directory` is the time until the name, type, shape and bytes of every
tensor are known; imnet also verifies the checksums of torch.save's zip, which PyTorch does not. `values` adds one pass
over every value. `memory` is the memory of the process beyond the mapped file. Prints medians; --output writes every
sample, the machine and the versions as JSON.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

PROBE = pathlib.Path(os.environ.get("IMNET_BUILD", "build/release")) / "bin" / "checkpoints_probe"

READERS = {
    "torch.load": "torch.load(path, weights_only=True)",
    "torch.load(mmap=True)": "torch.load(path, weights_only=True, mmap=True)",
    "safetensors.torch.load_file": "safetensors.torch.load_file(path)",
}

CHILD = """
import json, sys, time
import torch, safetensors.torch
torch.set_num_threads(1)
path, repeats = sys.argv[1], int(sys.argv[2])
def anonymous():
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("RssAnon"))
before, held, samples = anonymous(), 0, {{"directory": [], "values": []}}
for _ in range(repeats):
    start = time.perf_counter()
    state_dict = {load}
    samples["directory"].append(time.perf_counter() - start)
    held = max(held, anonymous() - before)
    del state_dict
    start = time.perf_counter()
    total = sum(tensor.sum() for tensor in ({load}).values())
    samples["values"].append(time.perf_counter() - start)
print(json.dumps({{**samples, "held_bytes": held}}))
"""


def resnet50():
    """A state dict with torchvision's names and shapes and random values."""
    import torch

    named = {}

    def convolution(name, out, into, kernel):
        named[f"{name}.weight"] = torch.randn(out, into, kernel, kernel)

    def batch_norm(name, size):
        for part in ("weight", "bias", "running_mean", "running_var"):
            named[f"{name}.{part}"] = torch.rand(size)
        named[f"{name}.num_batches_tracked"] = torch.tensor(1)

    convolution("conv1", 64, 3, 7)
    batch_norm("bn1", 64)
    into = 64
    for layer, (blocks, width) in enumerate(zip((3, 4, 6, 3), (64, 128, 256, 512)), 1):
        for block in range(blocks):
            name = f"layer{layer}.{block}"
            for i, (out, kernel) in enumerate(((width, 1), (width, 3), (4 * width, 1)), 1):
                convolution(f"{name}.conv{i}", out, into if i == 1 else width, kernel)
                batch_norm(f"{name}.bn{i}", out)
            if block == 0:
                convolution(f"{name}.downsample.0", 4 * width, into, 1)
                batch_norm(f"{name}.downsample.1", 4 * width)
            into = 4 * width
    named["fc.weight"], named["fc.bias"] = torch.randn(1000, 2048), torch.randn(1000)
    return named


def run(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def time_python(path, load, repeats):
    return run(sys.executable, "-W", "ignore", "-c", CHILD.format(load=load), path, str(repeats))


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.machine())


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--repeats", type=int, default=15)
    arguments.add_argument("--output", type=pathlib.Path)
    options = arguments.parse_args()

    import safetensors
    import safetensors.torch
    import torch

    with tempfile.TemporaryDirectory() as folder:
        files = {form: pathlib.Path(folder) / f"resnet50.{form}" for form in ("zip", "legacy", "safetensors")}
        named = resnet50()
        torch.save(named, files["zip"])
        torch.save(named, files["legacy"], _use_new_zipfile_serialization=False)
        safetensors.torch.save_file(named, files["safetensors"])
        results = {f"imnet, {form}": run(PROBE, "--time", str(options.repeats), path) for form, path in files.items()}
        for reader, load in READERS.items():
            path = files["safetensors" if "safetensors" in reader else "zip"]
            results[reader] = time_python(path, load, options.repeats)

    print(f"{'':30}{'directory':>12}{'values':>12}{'memory':>12}")
    for reader, samples in results.items():
        directory, values = (1e3 * statistics.median(samples[kind]) for kind in ("directory", "values"))
        print(f"{reader:30}{directory:9.2f} ms{values:9.2f} ms{samples['held_bytes'] / 2**20:9.1f} MB")
    finite = 1e3 * statistics.median(results["imnet, zip"]["check_finite"])
    print(f"check_finite over all values: {finite:.2f} ms")
    if options.output:
        versions = {"torch": torch.__version__, "safetensors": safetensors.__version__, "python": sys.version.split()[0]}
        options.output.write_text(json.dumps({"processor": processor(), "cores": os.cpu_count(), "versions": versions,
                                              "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
