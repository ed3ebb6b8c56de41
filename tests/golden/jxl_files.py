"""Makes JPEG XL files of every kind that is decoded with libjxl's cjxl, and decodes them with its djxl."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import pictures

WIDTH, HEIGHT = 301, 203


def made(source, name, *options):
    with tempfile.TemporaryDirectory() as folder:
        given, target = Path(folder) / name, Path(folder) / "target.jxl"
        given.write_bytes(source)
        subprocess.run(["cjxl", given, target, "-e", "3", *options], check=True, capture_output=True)
        return target.read_bytes()


def decoded(data):
    """[height, width, 3] of what djxl shows, without alpha."""
    if data in DEEP:
        return decoded_deep(data)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.jxl", Path(folder) / "target.png"
        source.write_bytes(data)
        subprocess.run(["djxl", source, target, "--bits_per_sample=8"], check=True, capture_output=True)
        with Image.open(target) as image:
            return np.asarray(image.convert("RGB"))


def decoded_deep(data):
    """The same for a picture of more than 8 bits: djxl gives 16 bits, which are rounded here. (Version 0.7 halves the
    values of such pictures if it is asked for 8 bits.)"""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.jxl", Path(folder) / "target.ppm"
        source.write_bytes(data)
        subprocess.run(["djxl", source, target, "--bits_per_sample=16"], check=True, capture_output=True)
        kind, size, highest, samples = target.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    channels = {b"P5": 1, b"P6": 3}[kind]
    assert int(highest) == 65535
    deep = np.frombuffer(samples, ">u2").reshape(height, width, channels)
    return np.broadcast_to(np.rint(deep / 257), (height, width, 3)).astype(np.uint8)


DEEP = set()


def files():
    photo = pictures.photograph(WIDTH, HEIGHT)
    alpha = photo.convert("RGBA")
    alpha.putalpha(photo.convert("L"))
    png = {mode: pictures.saved(alpha.convert(mode) if "A" in mode else photo.convert(mode), "PNG")
           for mode in ("RGB", "L", "LA", "RGBA")}
    jpeg = pictures.saved(photo, "JPEG", quality=85)
    turned = pictures.saved(photo, "JPEG", quality=85, exif=b"Exif\0\0" + pictures.exif(6))
    deep = (np.asarray(photo).astype(int) * 257).astype(">u2").tobytes()
    deep_grey = (np.asarray(photo.convert("L")).astype(int) * 257).astype(">u2").tobytes()
    floats = (np.asarray(photo)[::-1].astype("<f4") / 255).tobytes()
    gif = pictures.saved(photo.convert("P"), "GIF", save_all=True, append_images=[photo.rotate(180).convert("P")])
    all_files = {}
    for mode, data in png.items():
        all_files[f"{mode}-lossless.jxl"] = made(data, "a.png", "-d", "0")
        all_files[f"{mode}-lossy.jxl"] = made(data, "a.png", "-d", "1.5")
    all_files["progressive.jxl"] = made(png["RGB"], "a.png", "-d", "1", "-p")
    all_files["boxes.jxl"] = made(png["RGB"], "a.png", "-d", "1", "--container=1")
    all_files["from-jpeg.jxl"] = made(jpeg, "a.jpg")
    all_files["from-turned-jpeg.jxl"] = made(turned, "a.jpg")
    all_files["turned.jxl"] = made(turned, "a.jpg", "-j", "0", "-d", "1")
    all_files["deep.jxl"] = made(b"P6\n%d %d\n65535\n" % (WIDTH, HEIGHT) + deep, "a.ppm", "-d", "0")
    all_files["deep-lossy.jxl"] = made(b"P6\n%d %d\n65535\n" % (WIDTH, HEIGHT) + deep, "a.ppm", "-d", "1")
    all_files["deep-grey.jxl"] = made(b"P5\n%d %d\n65535\n" % (WIDTH, HEIGHT) + deep_grey, "a.pgm", "-d", "0")
    all_files["float.jxl"] = made(b"PF\n%d %d\n-1.0\n" % (WIDTH, HEIGHT) + floats, "a.pfm", "-d", "0")
    all_files["animated.jxl"] = made(gif, "a.gif", "-d", "0")
    DEEP.update(data for name, data in all_files.items() if name.startswith(("deep", "float")))
    return all_files
