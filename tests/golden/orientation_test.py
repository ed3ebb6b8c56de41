"""Images are turned as Pillow's `ImageOps.exif_transpose` turns them, wherever a file states its orientation.

Runs `pixels_probe` from the build folder that IMNET_BUILD names. Needs a Pillow that reads XMP from JPEG and WebP.
"""

import io
import os
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest

PIL = pytest.importorskip("PIL", minversion="12", reason="Pillow 12 is not installed")
from PIL import Image, ImageOps  # noqa: E402

import pictures  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # of damaged EXIF

KINDS = {"JPEG": {"quality": 100, "subsampling": 0}, "PNG": {}, "WEBP": {"lossless": True}}
ORDERS = pictures.EXIF_BYTE_ORDERS
NUMBERS = {3: "H", 4: "L", 6: "b", 8: "h", 9: "l", 11: "f", 12: "d", 13: "L", 16: "Q"}
TEXTS = {1: "c", 2: "c", 7: "c"}
RATIONALS = {5: "LL", 10: "ll"}


@pytest.fixture(scope="module")
def upright(tmp_path_factory):
    """The pixels that the program sees in a file."""
    if "IMNET_BUILD" not in os.environ:
        pytest.skip("IMNET_BUILD does not name a build folder")
    program = Path(os.environ["IMNET_BUILD"]) / "bin" / "pixels_probe"
    file = tmp_path_factory.mktemp("pictures") / "picture"

    def run(data):
        file.write_bytes(data)
        done = subprocess.run([program, file, "--upright"], capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        width, height = np.frombuffer(done.stdout[:8], "<i4")
        return np.frombuffer(done.stdout[8:], np.uint8).reshape(height, width, 3)

    return run


def by_pillow(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def check(upright, data, turned=None):
    """The program and Pillow agree; `turned` says whether the picture must lie on its side."""
    expected = by_pillow(data)
    if turned is not None:
        assert (expected.shape[0] > expected.shape[1]) == turned
    np.testing.assert_array_equal(upright(data), expected)


def block(order, kind, values, count=None, before=()):
    """A TIFF block with an orientation of this type, after other entries (tag, type, count, four bytes)."""
    packed = struct.pack(ORDERS[order] + values[0], *values[1:])
    count = 1 if count is None else count
    entries = len(before) + 1
    head = order.encode() + struct.pack(ORDERS[order] + "HIH", 42, 8, entries)
    for tag, its_kind, its_count, value in before:
        head += struct.pack(ORDERS[order] + "HHI", tag, its_kind, its_count) + value
    far = len(head) + 16
    value = packed.ljust(4, b"\0") if len(packed) <= 4 else struct.pack(ORDERS[order] + "I", far)
    head += struct.pack(ORDERS[order] + "HHI", 0x0112, kind, count) + value + bytes(4)
    return head + (packed if len(packed) > 4 else b"")


def saved(kind, **metadata):
    return pictures.saved(pictures.photograph(45, 29), kind, **KINDS[kind], **metadata)


def with_exif(kind, exif):
    return saved(kind, exif=exif if kind == "WEBP" else b"Exif\0\0" + exif)


def with_chunks(*chunks):
    """A PNG file with more chunks before its pixels."""
    data = saved("PNG")
    return data[:33] + b"".join(pictures.chunk(*chunk) for chunk in chunks) + data[33:]


def xmp(orientation, element=False):
    stated = (f"<rdf:Description><tiff:Orientation>{orientation}</tiff:Orientation></rdf:Description>" if element
              else f'<rdf:Description tiff:Orientation="{orientation}"/>')
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>{stated}</rdf:RDF></x:xmpmeta>'.encode()


def raw_profile(exif):
    """As ImageMagick writes it: lines of 72 hexadecimal digits."""
    digits = exif.hex()
    lines = "\n".join(digits[i:i + 72] for i in range(0, len(digits), 72))
    return f"\nexif\n{len(exif):8}\n{lines}\n".encode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ORDERS)
def test_exif_of_every_type(upright, kind, order):
    for orientation in range(10):
        for type_number, letter in NUMBERS.items():
            check(upright, with_exif(kind, block(order, type_number, (letter, orientation))),
                  5 <= orientation <= 8)
        for type_number, letters in RATIONALS.items():
            check(upright, with_exif(kind, block(order, type_number, (letters, 3 * orientation, 3))),
                  5 <= orientation <= 8)
        for type_number, letter in TEXTS.items():
            check(upright, with_exif(kind, block(order, type_number, (letter, bytes([orientation])))), False)
    for values in (("HH", 6, 1), ("HHH", 8, 1, 1)):
        check(upright, with_exif(kind, block(order, 3, values, count=len(values) - 1)), True)


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_exif(upright, kind):
    far = struct.pack("<I", 5000)
    near = struct.pack("<I", 0)
    orientation = block("II", 3, ("H", 6))
    for exif, turned in [
        (block("II", 3, ("H", 6), before=[(0x010F, 2, 9, near)]), True),
        (block("II", 3, ("H", 6), before=[(0x010F, 2, 9, far)]), False),
        (block("II", 3, ("H", 6), before=[(0x0112, 99, 1, near)]), True),
        (block("II", 3, ("H", 6), before=[(0x0112, 3, 0, near)]), True),
        (block("II", 3, ("H", 6), before=[(0x0112, 3, 1, b"\3\0\0\0")]), False),
        (block("II", 3, ("H", 6), before=[(0x010F, 2, 1 << 31, far)]), True),
        (orientation[:21], False),
        (orientation.replace(b"II*\0", b"II\0*"), True),
        (b"Exif\0\0" + orientation, True),
    ]:
        check(upright, with_exif(kind, exif), turned)


@pytest.mark.parametrize("element", [False, True])
@pytest.mark.parametrize("orientation", range(10))
def test_xmp(upright, orientation, element):
    turned = 5 <= orientation <= 8
    packet = xmp(orientation, element)
    check(upright, saved("JPEG", xmp=packet), turned)
    check(upright, saved("WEBP", xmp=packet), turned)
    keyword = b"XML:com.adobe.xmp\0"
    check(upright, with_chunks((b"iTXt", keyword + b"\0\0\0\0" + packet)), turned)
    check(upright, with_chunks((b"iTXt", keyword + b"\1\0\0\0" + zlib.compress(packet))), turned)
    check(upright, with_chunks((b"tEXt", keyword + packet)), turned)
    check(upright, with_chunks((b"zTXt", keyword + b"\0" + zlib.compress(packet))), turned)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ORDERS)
def test_raw_profile(upright, order, orientation):
    profile = raw_profile(block(order, 3, ("H", orientation)))
    named = raw_profile(b"Exif\0\0" + block(order, 3, ("H", orientation)))
    for text in (profile, named):
        keyword = b"Raw profile type exif\0"
        check(upright, with_chunks((b"tEXt", keyword + text)), orientation >= 5)
        check(upright, with_chunks((b"zTXt", keyword + b"\0" + zlib.compress(text))), orientation >= 5)
        check(upright, with_chunks((b"iTXt", keyword + b"\0\0\0\0" + text)), orientation >= 5)


def test_which_counts(upright):
    """EXIF, then the raw profile, then XMP; and a text may follow the pixels."""
    six, three = block("II", 3, ("H", 6)), block("II", 3, ("H", 3))
    no_orientation = block("II", 3, ("H", 6)).replace(b"\x12\x01", b"\x13\x01")
    for kind in KINDS:
        named = b"" if kind == "WEBP" else b"Exif\0\0"
        for exif, packet, turned in [(six, xmp(3), True), (three, xmp(6), False), (no_orientation, xmp(6), True),
                                     (block("II", 1, ("c", b"\6")), xmp(6), False)]:
            if kind == "PNG":
                text = (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)
                check(upright, with_chunks((b"eXIf", exif), text), turned)
                check(upright, with_chunks((b"tEXt", b"Raw profile type exif\0" + raw_profile(exif)), text), turned)
            else:
                check(upright, saved(kind, exif=named + exif, xmp=packet), turned)
    profile = (b"tEXt", b"Raw profile type exif\0" + raw_profile(six))
    check(upright, with_chunks((b"eXIf", three), profile), False)
    data = saved("PNG")
    check(upright, data[:-12] + pictures.chunk(*profile) + data[-12:], True)
