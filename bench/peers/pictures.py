"""Makes the JPEG files of the comparison from the sample photographs. The same numbers give the same files.

small: about 500x375 and quality 85, like ImageNet's files: random crops, flips, tints and a little noise.
large: 4000x3000 (12 megapixels) and quality 85, with camera noise, so that a file has 3 to 5 MB.
They are in folders DIR/small/part-0 and so on, so that a round can take one part.
"""
import concurrent.futures
import functools
import os
from pathlib import Path

import numpy as np
from PIL import Image

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SMALL_SIZES = ((500, 375), (500, 333), (375, 500), (500, 400), (480, 360), (333, 500))
LARGE_SIZES = ((4000, 3000), (3000, 4000))
NOISE = {"small": 12.0, "large": 16.0}


@functools.cache
def photographs():
    paths = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".png", ".jpg"))
    return [Image.open(path).convert("RGB") for path in paths]


@functools.cache
def noise_field(kind):
    """One field of noise. Each image uses another part of it, which is faster than drawing new noise."""
    side = 700 if kind == "small" else 4500
    field = np.random.default_rng(1).standard_normal((side, side, 3), dtype=np.float32)
    return (field * NOISE[kind]).astype(np.int8)


def picture(kind, index):
    draw = np.random.default_rng([{"small": 0, "large": 1}[kind], index])
    sizes = SMALL_SIZES if kind == "small" else LARGE_SIZES
    width, height = sizes[draw.integers(len(sizes))]
    source = photographs()[index % len(photographs())]
    scale = draw.uniform(0.5, 1.0) * min(source.width / width, source.height / height)
    left, top = draw.uniform(0, source.width - scale * width), draw.uniform(0, source.height - scale * height)
    image = source.resize((width, height), Image.Resampling.BICUBIC,
                          (left, top, left + scale * width, top + scale * height))
    if draw.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    tint = [round(256 * value) for value in draw.uniform(0.7, 1.3, 3)]
    image = image.point([min(255, value * part // 256) for part in tint for value in range(256)])
    field = noise_field(kind)
    y, x = (int(draw.integers(field.shape[axis] - side)) for axis, side in ((0, height), (1, width)))
    pixels = np.asarray(image).astype(np.int16)
    pixels += field[y:y + height, x:x + width]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def save(folder, kind, count, parts, index):
    path = folder / kind / f"part-{index * parts // count}" / f"{index:05}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(kind, index).save(path, "JPEG", quality=85)
    return path.stat().st_size


def make(folder, kind, count, parts):
    """Returns the mean size of a file in bytes."""
    with concurrent.futures.ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        sizes = list(pool.map(functools.partial(save, folder, kind, count, parts), range(count), chunksize=4))
    return sum(sizes) / count
