"""Makes JPEG 2000 files of every kind that is decoded, as {name: bytes}, with Pillow and openjpeg's opj_compress."""

import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import pictures

WIDTH, HEIGHT = 76, 54


def by_pillow():
    photo = pictures.photograph(WIDTH, HEIGHT)
    alpha = photo.convert("RGBA")
    alpha.putalpha(photo.convert("L"))
    made = {}
    for mode in ("L", "LA", "RGB", "RGBA"):
        image = alpha.convert(mode) if "A" in mode else photo.convert(mode)
        for name, options in {"lossless": {}, "lossy": {"irreversible": True, "quality_layers": [40, 10]},
                              "tiles": {"tile_size": (32, 32)}, "few": {"num_resolutions": 2},
                              "precincts": {"precinct_size": (64, 64), "codeblock_size": (16, 16), "progression": "RPCL"}}.items():
            made[f"{mode}-{name}.jp2"] = pictures.saved(image, "JPEG2000", **options)
        made[f"{mode}.j2k"] = pictures.saved(image, "JPEG2000", no_jp2=True)
    made["I16.jp2"] = pictures.saved(photo.convert("L").convert("I").convert("I;16"), "JPEG2000")
    return made


def box(kind, data):
    return struct.pack(">I", len(data) + 8) + kind + data


def boxed(codestream, components, color, more=b""):
    """A JP2 file of a codestream of 8-bit components, in the colours of this number."""
    header = box(b"ihdr", struct.pack(">IIHBBBB", HEIGHT, WIDTH, components, 7, 7, 0, 0))
    header += box(b"colr", struct.pack(">BBBI", 1, 0, 0, color)) + more
    return (b"\0\0\0\x0cjP  \r\n\x87\n" + box(b"ftyp", b"jp2 \0\0\0\0jp2 ") + box(b"jp2h", header)
            + box(b"jp2c", codestream))


def only_for_new_pillow():
    """Pillow before 12 shows these in other colours."""
    rng = np.random.default_rng(5)
    photo = pictures.photograph(WIDTH, HEIGHT)
    four = photo.convert("CMYK")
    grey = pictures.saved(photo.convert("L"), "JPEG2000", no_jp2=True)
    palette = box(b"pclr", struct.pack(">HB3B", 256, 3, 7, 7, 7) + rng.permutation(256 * 3 * 100)[:768].astype(np.uint8).tobytes())
    mapping = box(b"cmap", b"".join(struct.pack(">HBB", 0, 1, i) for i in range(3)))
    inks = pictures.saved(Image.frombytes("RGBA", four.size, four.tobytes()), "JPEG2000", no_jp2=True)
    ycc = pictures.saved(Image.frombytes("RGB", photo.size, photo.convert("YCbCr").tobytes()), "JPEG2000", no_jp2=True)
    return {"ycc.jp2": boxed(ycc, 3, 18), "ycc-alpha.jp2": boxed(inks, 4, 18), "cmyk.jp2": boxed(inks, 4, 12),
            "palette.jp2": boxed(grey, 1, 16, palette + mapping)}


def by_openjpeg():
    """Deep and subsampled pictures; nothing where openjpeg's tools are not installed."""
    if shutil.which("opj_compress") is None:
        return {}
    photo = np.asarray(pictures.photograph(WIDTH, HEIGHT))
    made = {}
    for bits in (10, 12, 16):
        deep = (photo.astype(int) * ((1 << bits) - 1) // 255).astype(">u2")
        made[f"rgb-{bits}.jp2"] = compressed(b"P6\n%d %d\n%d\n" % (WIDTH, HEIGHT, (1 << bits) - 1) + deep.tobytes(), "ppm")
        made[f"rgb-{bits}.j2k"] = compressed(b"P6\n%d %d\n%d\n" % (WIDTH, HEIGHT, (1 << bits) - 1) + deep.tobytes(), "ppm", "j2k")
        made[f"grey-{bits}.jp2"] = compressed(
            b"P5\n%d %d\n%d\n" % (WIDTH, HEIGHT, (1 << bits) - 1) + deep[..., 0].tobytes(), "pgm")
    plain = b"P6\n%d %d\n255\n" % (WIDTH, HEIGHT) + photo.tobytes()
    made["moved.jp2"] = compressed(plain, "ppm", "jp2", "-d", "10,6")
    made["layers.jp2"] = compressed(plain, "ppm", "jp2", "-r", "40,20,5", "-I", "-p", "CPRL")
    for name, dx, dy in (("420", 2, 2), ("422", 2, 1)):
        planes = photo[..., 0].tobytes() + b"".join(photo[::dy, ::dx, c].tobytes() for c in (1, 2))
        for ending in ("jp2", "j2k"):
            made[f"{name}.{ending}"] = compressed(
                planes, "raw", ending, "-F", f"{WIDTH},{HEIGHT},3,8,u@1x1:{dx}x{dy}:{dx}x{dy}")
    return made


def compressed(data, kind, ending="jp2", *options):
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / f"source.{kind}", Path(folder) / f"target.{ending}"
        source.write_bytes(data)
        subprocess.run(["opj_compress", "-i", source, "-o", target, "-n", "3", *options], check=True, capture_output=True)
        return target.read_bytes()


def decoded_files():
    return by_pillow() | by_openjpeg()
