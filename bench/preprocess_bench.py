"""Times decoding and preprocessing of the same images by imnet and by Pillow and torchvision, on one thread.

    python bench/preprocess_bench.py PREPROCESS_BENCH [REPETITIONS] > samples.json

Prints a table on standard error, and every sample with the versions on standard output. Without torchvision only
decoding and resizing are compared.
"""

import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import PIL
from PIL import Image, features

try:
    import torch
    from torchvision.transforms._presets import ImageClassification
    torch.set_num_threads(1)
except ImportError:
    torch = None

SIZES = [(500, 375), (640, 427), (1024, 768), (4000, 3000)]
SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "coffee.png"


def samples(run, repetitions):
    run()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return times


def decoded(data):
    image = Image.open(io.BytesIO(data)).convert("RGB")
    image.load()
    return image


def reference(data, repetitions):
    image = decoded(data)
    short = min(image.size)
    size = tuple(int(232 * side / short) for side in image.size)
    stages = {"decode": lambda: decoded(data),
              "resize-bilinear-whole": lambda: image.resize(size, Image.Resampling.BILINEAR)}
    if torch is not None:
        interpolation = __import__("torchvision").transforms.InterpolationMode
        v2 = ImageClassification(crop_size=224, resize_size=232)
        a1h = ImageClassification(crop_size=224, resize_size=235, interpolation=interpolation.BICUBIC,
                                  mean=(.5, .5, .5), std=(.5, .5, .5))
        stages["preprocess-V2"] = lambda: v2(image)
        stages["preprocess-a1h"] = lambda: a1h(image)
    return {stage: samples(run, repetitions) for stage, run in stages.items()}


def own(program, data, repetitions):
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        file.write(data)
        file.flush()
        out = subprocess.run([program, file.name, str(repetitions)], check=True, capture_output=True, text=True)
    lines = (line.split() for line in out.stdout.splitlines())
    return {stage: [float(value) for value in values] for stage, *values in lines}


def main():
    program = sys.argv[1]
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    result = {"machine": platform.platform(), "cpu": cpu_name(), "cores": os.cpu_count(), "pillow": PIL.__version__,
              "libjpeg-turbo": features.version("libjpeg_turbo"),
              "torch": torch.__version__ if torch is not None else None, "milliseconds": {}}
    for width, height in SIZES:
        file = io.BytesIO()
        with Image.open(SAMPLE) as photo:
            photo.resize((width, height), Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
        data = file.getvalue()
        theirs, ours = reference(data, repetitions), own(program, data, repetitions)
        result["milliseconds"][f"{width}x{height}"] = {"imnet": ours, "reference": theirs}
        for stage, times in theirs.items():
            mine, other = statistics.median(ours[stage]), statistics.median(times)
            print(f"{width}x{height}  {stage:<22} imnet {mine:8.3f} ms   reference {other:8.3f} ms   "
                  f"{other / mine:.2f}", file=sys.stderr)
    json.dump(result, sys.stdout, indent=1)


def cpu_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


if __name__ == "__main__":
    main()
