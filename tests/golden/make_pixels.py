"""Writes small images with the hashes of their pixels from Pillow, torchvision and timm (tests/golden/pixels), for
tests without Python, and the seeds of the fuzz targets (tests/fuzz/corpus).

Run it with a Python that has torchvision and timm after a change of pictures.py:
    .deps/reference/bin/python tests/golden/make_pixels.py
"""

import hashlib
import struct
from pathlib import Path

from PIL import ImageOps

import pictures
from pixels_test import RECIPES, opened, reference_transform

HERE = Path(__file__).parent
GOLDEN = HERE / "pixels"
CORPUS = HERE.parent / "fuzz" / "corpus"
PIXELS = [
    "photo-420.jpg", "photo-422-progressive.jpg", "photo-444.jpg", "grey.jpg", "cmyk.jpg", "ycck.jpg", "rgb.jpg",
    "type0-1bit-33x21.png", "type0-16bit-33x21-interlaced.png", "grey16-levels.png", "type2-16bit-5x3.png",
    "type3-4bit-33x21-interlaced.png", "type4-8bit-33x21.png", "type6-16bit-33x21-interlaced.png",
    "photo-RGB.png", "lossy.webp", "lossless-alpha.webp", "animated.webp", "palette.gif", "transparent.gif",
    "moved-transparent.gif", "interlaced.gif", "photo-RGB.bmp", "photo-1.bmp", "565.bmp", "runs8.bmp", "runs4.bmp",
    "os2.bmp", "photo-RGB-runs.tga", "photo-P.tga", "16bit-30.tga", "palette16.tga", "bitmap.pbm", "plain.pbm",
    "raw-1000.ppm", "plain-65535.pgm", "raw-100.pgm",
]
TURNED = [f"turned-{orientation}-{'MM' if orientation % 2 else 'II'}.{ending}"
          for ending in ("jpg", "png", "webp") for orientation in (3, 6, 7)]
TENSORS = ["shape-1x1.png", "shape-2x3.png", "shape-1x4000.png", "shape-3x1000.png", "shape-31x97.png",
           "shape-100x80.png"]
SEED_LIMIT = 1500  # bytes: a fuzzer is faster with small seeds


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def hash_of_pixels(image):
    """SHA-256 over width and height as little-endian int32 and the RGB bytes."""
    return sha256(struct.pack("<2i", *image.size), image.tobytes())


def write_golden():
    for old in GOLDEN.glob("*"):
        if not old.name.startswith("made-elsewhere") and old.suffix != ".md":
            old.unlink()
    decoded, turned, shaped = pictures.decoded_pictures(), pictures.turned_pictures(), pictures.shaped_pictures()
    rows = ["# file, what is made of it, SHA-256 of the result (pixels: width, height as int32, RGB bytes)"]
    for name in PIXELS:
        (GOLDEN / name).write_bytes(decoded[name])
    for path in sorted(GOLDEN.glob("made-elsewhere*")):
        decoded[path.name] = path.read_bytes()
    for name in sorted(PIXELS + [name for name in decoded if name.startswith("made-elsewhere")]):
        rows.append(f"{name}\tpixels\t{hash_of_pixels(opened(decoded[name]).convert('RGB'))}")
    for name in TURNED:
        (GOLDEN / name).write_bytes(turned[name])
        rows.append(f"{name}\tupright\t{hash_of_pixels(ImageOps.exif_transpose(opened(turned[name])))}")
    for name in TENSORS:
        (GOLDEN / name).write_bytes(shaped[name])
        for recipe in RECIPES:
            tensor = reference_transform(recipe)(opened(shaped[name]).convert("RGB"))
            rows.append(f"{name}\t{recipe}\t{sha256(tensor.numpy().tobytes())}")
    (GOLDEN / "expected.tsv").write_text("\n".join(rows) + "\n")


def write_seeds():
    decode, exif = CORPUS / "decode", CORPUS / "exif"
    for folder in (decode, exif):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("seed-*"):
            old.unlink()
    seeds = {**pictures.decoded_pictures(), **pictures.jpeg_pictures(19, 13), **pictures.webp_pictures(19, 13),
             **pictures.gif_pictures(19, 13),
             **{path.name: path.read_bytes() for path in GOLDEN.glob("made-elsewhere-*")}}
    small = pictures.photograph(9, 7)
    for ending, kind in (("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")):
        seeds[f"turned.{ending}"] = pictures.saved(small, kind, exif=b"Exif\0\0" + pictures.exif(6))
    for name, data in seeds.items():
        if len(data) <= SEED_LIMIT and "1x1" not in name:
            (decode / f"seed-{name}").write_bytes(data)
    for orientation, byte_order in ((1, "II"), (6, "MM"), (8, "II")):
        (exif / f"seed-{orientation}-{byte_order}").write_bytes(pictures.exif(orientation, byte_order))


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    write_golden()
    write_seeds()
