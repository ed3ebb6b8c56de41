"""Makes HEIC and AVIF files with libheif's heif-enc, and decodes them with its heif-convert."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import pictures

WIDTH, HEIGHT = 131, 87


def made(image, ending, *options):
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.png", Path(folder) / f"target.{ending}"
        if isinstance(image, bytes):
            source.write_bytes(image)
        else:
            image.save(source, icc_profile=None)
        done = subprocess.run(["heif-enc", source, "-o", target, *options], capture_output=True)
        return target.read_bytes() if done.returncode == 0 and target.exists() else None


def decoded(data, ending):
    """[height, width, 3] of what heif-convert shows, without alpha; of more than 8 bits the high ones."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / f"source.{ending}", Path(folder) / "target.png"
        source.write_bytes(data)
        subprocess.run(["heif-convert", source, target], check=True, capture_output=True)
        with Image.open(target) as image:
            return np.asarray(image.convert("RGB"))


def turned(heic, property):
    """The picture with `irot` or `imir`, which takes the place of the property that states its depth."""
    start = heic.index(b"\0\0\0\x10pixi")
    return heic[:start] + b"\0\0\0\x10" + property.ljust(12, b"\0") + heic[start + 16:]


def files():
    photo = pictures.photograph(WIDTH, HEIGHT)
    alpha = photo.convert("RGBA")
    alpha.putalpha(photo.convert("L"))
    deep = pictures.png(np.asarray(photo).astype(int) * 257, 16, 2)
    all_files = {}
    for ending, switches in (("heic", ()), ("avif", ("-A", "-p", "speed=9"))):
        all_files[f"420.{ending}"] = made(photo, ending, "-q", "70", *switches)
        all_files[f"422.{ending}"] = made(photo, ending, "-q", "70", "-p", "chroma=422", *switches)
        all_files[f"444.{ending}"] = made(photo, ending, "-q", "70", "-p", "chroma=444", *switches)
        all_files[f"exact.{ending}"] = made(photo, ending, "-L", "-p", "chroma=444", "--matrix_coefficients=0", *switches)
        all_files[f"grey.{ending}"] = made(photo.convert("L"), ending, "-q", "70", *switches)
        all_files[f"alpha.{ending}"] = made(alpha, ending, "-q", "70", *switches)
        all_files[f"thumbnail.{ending}"] = made(photo, ending, "-q", "70", "-t", "32", *switches)
        all_files[f"limited.{ending}"] = made(photo, ending, "-q", "70", "--full_range_flag=0", *switches)
        all_files[f"deep.{ending}"] = made(deep, ending, "-b", "10", "-q", "70", *switches)
    for name, property in {"left": b"irot\1", "down": b"irot\2", "right": b"irot\3", "mirrored": b"imir\1",
                           "upside-down": b"imir\0"}.items():
        all_files[f"{name}.heic"] = turned(all_files["444.heic"], property)
    return {name: data for name, data in all_files.items() if data}
