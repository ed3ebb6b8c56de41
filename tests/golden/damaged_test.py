"""Damaged files are decoded where Pillow decodes them, to the same pixels: by default, and with LOAD_TRUNCATED_IMAGES.

Runs `pixels_probe` from the build folder that IMNET_BUILD names.
"""

import io
import os
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest

PIL = pytest.importorskip("PIL", reason="Pillow is not installed")
from PIL import Image, ImageFile  # noqa: E402

import pictures  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """What the program makes of a file: its pixels and what it says of the damage, or no pixels and the error."""
    if "IMNET_BUILD" not in os.environ:
        pytest.skip("IMNET_BUILD does not name a build folder")
    probe = Path(os.environ["IMNET_BUILD"]) / "bin" / "pixels_probe"
    file = tmp_path_factory.mktemp("pictures") / "picture"

    def run(data, policy):
        file.write_bytes(data)
        done = subprocess.run([probe, file, f"--{policy}"], capture_output=True)
        if done.returncode != 0:
            return None, done.stderr.decode().strip()
        width, height = np.frombuffer(done.stdout[:8], "<i4")
        return np.frombuffer(done.stdout[8:], np.uint8).reshape(height, width, 3), done.stderr.decode().strip()

    return run


def by_pillow(data, truncated):
    """The pixels, or nothing if Pillow refuses the file."""
    ImageFile.LOAD_TRUNCATED_IMAGES = truncated
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
        return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError, EOFError, IndexError):
        return None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def check(program, data, what):
    """Returns whether Pillow reads it by default, and with LOAD_TRUNCATED_IMAGES."""
    read = []
    for policy, truncated in (("as-pillow", False), ("keep", True)):
        expected = by_pillow(data, truncated)
        seen, said = program(data, policy)
        read.append(expected is not None)
        if expected is None:
            continue  # the program may read more
        assert seen is not None, (what, policy, said)
        np.testing.assert_array_equal(seen, expected, err_msg=f"{what}, {policy}")
    refused, said = program(data, "refuse")
    marked = program(data, "keep")[1]
    assert (refused is None) == (marked != "" or program(data, "keep")[0] is None), (what, said, marked)
    return read


def png_parts(depth=8, color_type=2, interlaced=False, width=40, height=30):
    """The bytes before the pixels' chunk of a PNG file, and its zlib data."""
    samples = np.asarray(pictures.photograph(width, height)).astype(int)
    samples = {0: samples[..., :1], 2: samples, 6: np.concatenate([samples, samples[..., :1]], 2)}[color_type]
    data = pictures.png(samples << (depth - 8), depth, color_type, interlaced=interlaced)
    at = data.index(b"IDAT") - 4
    return data[:at], data[at + 8:-16]


END = pictures.chunk(b"IEND", b"")


def wrong_checksum(chunk):
    return chunk[:-4] + bytes([chunk[-4] ^ 1]) + chunk[-3:]


@pytest.mark.parametrize("kind", [(8, 2, False), (8, 2, True), (16, 0, False), (8, 6, True), (16, 2, False)])
def test_png(program, kind):
    before, data = png_parts(*kind)
    rows = zlib.decompress(data)
    chunk = pictures.chunk
    whole = before + chunk(b"IDAT", data) + END
    row = len(rows) // 30
    cases = {
        "wrong checksum": before + wrong_checksum(chunk(b"IDAT", data)) + END,
        "wrong checksum of one of two": before + wrong_checksum(chunk(b"IDAT", data[:700])) + chunk(b"IDAT", data[700:]) + END,
        "no end": whole[:-12],
        "end cut": whole[:-5],
        "checksum cut": whole[:-14],
        "Adler-32 cut": whole[:-18],
        "Adler-32 missing": before + chunk(b"IDAT", data[:-4]) + END,
        "rows missing": before + chunk(b"IDAT", zlib.compress(rows[:row * 17 + 5])) + END,
        "data missing": before + chunk(b"IDAT", data[:len(data) // 3]) + END,
        "wrong filter": before + chunk(b"IDAT", zlib.compress(rows[:row * 10] + b"\x07" * row + rows[row * 11:])) + END,
        "too many rows": before + chunk(b"IDAT", zlib.compress(rows + b"more" * 100)) + END,
        "bytes after the data": before + chunk(b"IDAT", data + b"more data here") + END,
        "no data": before + chunk(b"IDAT", b"") + END,
    }
    expected = {"wrong checksum", "wrong checksum of one of two", "no end", "end cut", "checksum cut", "Adler-32 cut",
                "Adler-32 missing", "too many rows", "bytes after the data"}
    for name, case in cases.items():
        by_default, kept = check(program, case, name)
        assert by_default == (name in expected), name
        assert kept, name
    rng = np.random.default_rng(4)
    for at in rng.integers(8, len(whole), size=25):
        check(program, whole[:at], f"cut at {at}")
    for at in rng.integers(len(before) + 8, len(whole) - 16, size=25):
        check(program, whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1:], f"a bit of byte {at}")


def jpegs():
    photo = pictures.photograph(150, 110)
    kinds = {f"{sampling}{'-progressive' * progressive}": {"subsampling": sampling, "progressive": progressive}
             for sampling in (0, 2) for progressive in (False, True)}
    kinds["restarts"] = {"restart_marker_blocks": 5}
    made = {name: pictures.saved(photo, "JPEG", quality=90, **options) for name, options in kinds.items()}
    made["grey"] = pictures.saved(photo.convert("L"), "JPEG", quality=90)
    made["cmyk"] = pictures.saved(photo.convert("CMYK"), "JPEG", quality=90)
    return made


JPEGS = jpegs()


@pytest.mark.parametrize("name", JPEGS)
def test_jpeg(program, name):
    data = JPEGS[name]
    pixels_at = data.index(b"\xff\xda") + 14
    rng = np.random.default_rng(5)
    by_default = 0
    for at in rng.integers(pixels_at, len(data) - 200, size=12):
        lost = int(rng.integers(1, 200))
        noise = rng.integers(256, size=lost, dtype=np.uint8).tobytes()
        for what, damaged in (
            (f"cut at {at}", data[:at]),
            (f"cut at {at} and closed", data[:at] + b"\xff\xd9"),
            (f"{lost} bytes lost at {at}", data[:at] + data[at + lost:]),
            (f"{lost} zeros at {at}", data[:at] + bytes(lost) + data[at + lost:]),
            (f"noise at {at}", data[:at] + noise + data[at + lost:]),
            (f"a bit of byte {at}", data[:at] + bytes([data[at] ^ 1 << int(rng.integers(8))]) + data[at + 1:]),
        ):
            by_default += check(program, damaged, what)[0]
    assert by_default > 24


def test_says_what_is_wrong(program):
    data = JPEGS["restarts"]
    at = len(data) // 2
    assert program(data[:at] + b"\xff\xd9", "as-pillow")[1] == "damaged JPEG: a part of its data is missing"
    assert program(data[:at] + b"\xff\xd9", "refuse")[1] == "decode: damaged JPEG: a part of its data is missing"
    assert program(data[:at], "as-pillow")[1].startswith("decode: truncated JPEG: ")
    assert program(data[:at], "keep")[1].startswith("truncated JPEG: ")


CUT = {name: data for name, data in {**pictures.bmp_pictures(), **pictures.tga_pictures(), **pictures.pnm_pictures(),
                                     **pictures.gif_pictures()}.items()
       if "plain" not in name or name.endswith(".gif")}


@pytest.mark.parametrize("name", CUT)
def test_cut_files_of_other_formats(program, name):
    data = CUT[name]
    for share in (0.55, 0.8, 0.95):
        check(program, data[:int(len(data) * share)], f"{share} of it")
