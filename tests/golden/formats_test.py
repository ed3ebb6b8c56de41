"""Pictures whose codec is a module decode as Pillow, or as the tools of the same library, decode them.

The files are made when the test runs, by Pillow and by the libraries' own tools. Runs `pixels_probe` from the build
folder that IMNET_BUILD names.
"""

import io
import os
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PIL", reason="the reference, Pillow, is not installed")
from PIL import Image, ImageOps, features  # noqa: E402

import heif_files  # noqa: E402
import jpeg2000_files  # noqa: E402
import jxl_files  # noqa: E402
import pictures  # noqa: E402
import raw_files  # noqa: E402
import tiff_files  # noqa: E402

TIFF = tiff_files.decoded_files() if features.check("libtiff") else {}
JPEG2000 = jpeg2000_files.decoded_files() if features.check("jpg_2000") else {}
NEW_JPEG2000 = jpeg2000_files.only_for_new_pillow() if features.check("jpg_2000") else {}
JXL = jxl_files.files() if shutil.which("cjxl") and shutil.which("djxl") else {}
HEIF = heif_files.files() if shutil.which("heif-enc") and shutil.which("heif-convert") else {}
PILLOW = int(Image.__version__.split(".")[0])
AVIF = ".avif" in Image.registered_extensions()


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    build_folder = os.environ.get("IMNET_BUILD")
    if build_folder is None:
        pytest.skip("IMNET_BUILD does not name a build folder")
    program = Path(build_folder) / "bin" / "pixels_probe"
    file = tmp_path_factory.mktemp("pictures") / "picture"

    def run(data, *arguments):
        file.write_bytes(data)
        done = subprocess.run([program, file, *arguments], capture_output=True)
        if b"is not installed" in done.stderr:
            pytest.skip(done.stderr.decode())
        return done

    return run


def pixels(done):
    """[height, width, 3] from the output of the probe."""
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""  # no library speaks for itself
    width, height = np.frombuffer(done.stdout[:8], "<i4")
    return np.frombuffer(done.stdout[8:], np.uint8).reshape(height, width, 3)


def by_pillow(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


@pytest.mark.parametrize("name", TIFF)
def test_tiff_as_pillow(probe, name):
    np.testing.assert_array_equal(pixels(probe(TIFF[name], "--rgb")), by_pillow(TIFF[name]))


@pytest.mark.parametrize(("name", "data"), tiff_files.turned_files().items())
def test_tiff_is_turned(probe, name, data):
    # Pillow turns a TIFF when it loads it.
    np.testing.assert_array_equal(pixels(probe(data, "--upright")), by_pillow(data))


@pytest.mark.parametrize("name", JPEG2000)
def test_jpeg2000_as_pillow(probe, name):
    np.testing.assert_array_equal(pixels(probe(JPEG2000[name], "--rgb")), by_pillow(JPEG2000[name]))


@pytest.mark.skipif(PILLOW < 12, reason="Pillow before 12 does not read these colours of JPEG 2000")
@pytest.mark.parametrize("name", NEW_JPEG2000)
def test_jpeg2000_as_newer_pillow(probe, name):
    np.testing.assert_array_equal(pixels(probe(NEW_JPEG2000[name], "--rgb")), by_pillow(NEW_JPEG2000[name]))


@pytest.mark.skipif(not JXL, reason="cjxl and djxl are not installed (scripts/setup --for-tests installs them)")
@pytest.mark.parametrize("name", JXL)
def test_jxl_as_the_tool_of_its_library(probe, name):
    np.testing.assert_array_equal(pixels(probe(JXL[name], "--upright")), jxl_files.decoded(JXL[name]))


@pytest.mark.skipif(not HEIF, reason="heif-enc and heif-convert are not installed (scripts/setup --for-tests installs them)")
@pytest.mark.parametrize("name", HEIF)
def test_heif_as_the_tool_of_its_library(probe, name):
    shown = heif_files.decoded(HEIF[name], name.split(".")[1])
    np.testing.assert_array_equal(pixels(probe(HEIF[name], "--upright")), shown)


@pytest.mark.skipif("444.heic" not in HEIF, reason="heif-enc is not installed (scripts/setup --for-tests installs it)")
@pytest.mark.parametrize(("name", "turn"), [("left", Image.Transpose.ROTATE_90), ("down", Image.Transpose.ROTATE_180),
                                            ("right", Image.Transpose.ROTATE_270),
                                            ("mirrored", Image.Transpose.FLIP_LEFT_RIGHT),
                                            ("upside-down", Image.Transpose.FLIP_TOP_BOTTOM)])
def test_heic_is_turned_as_its_properties_say(probe, name, turn):
    stored = Image.fromarray(pixels(probe(HEIF["444.heic"], "--upright")))
    np.testing.assert_array_equal(pixels(probe(HEIF[f"{name}.heic"], "--upright")), np.asarray(stored.transpose(turn)))


def difference(seen, expected):
    assert seen.shape == expected.shape
    return np.abs(seen.astype(int) - expected)


@pytest.mark.parametrize("name", [name for name in HEIF if name.endswith(".heic")])
def test_heic_nearly_as_pillow_heif(probe, name):
    """Its libheif is newer and rounds otherwise."""
    pillow_heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    expected = np.asarray(pillow_heif.open_heif(io.BytesIO(HEIF[name])).to_pillow().convert("RGB"))
    assert difference(pixels(probe(HEIF[name], "--upright")), expected).max() <= (2 if name == "deep.heic" else 1)


@pytest.mark.skipif(not AVIF, reason="this Pillow does not read AVIF")
@pytest.mark.parametrize("name", [name for name in HEIF if name.endswith(".avif")])
def test_avif_nearly_as_pillow(probe, name):
    """libheif repeats the colours of subsampled pictures, and Pillow's libavif interpolates them."""
    different = difference(pixels(probe(HEIF[name], "--upright")), by_pillow(HEIF[name]))
    if name in ("444.avif", "exact.avif", "grey.avif"):
        assert different.max() <= 1
    assert different.mean() <= 1
    assert different.max() <= 32


@pytest.mark.skipif(not AVIF, reason="this Pillow does not write AVIF")
@pytest.mark.parametrize("orientation", range(1, 9))
def test_avif_is_turned_as_pillow_turns_it(probe, orientation):
    data = pictures.saved(pictures.photograph(75, 53), "AVIF", subsampling="4:4:4", exif=pictures.exif(orientation))
    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    assert difference(pixels(probe(data, "--upright")), upright).max() <= 1


RAW = raw_files.files(raw_files.preview(90, 60), raw_files.preview(30, 20))


@pytest.mark.parametrize("name", RAW)
def test_the_largest_preview_of_a_raw_file_is_decoded_and_turned(probe, name):
    expected = Image.fromarray(by_pillow(raw_files.preview(90, 60))).transpose(Image.Transpose.ROTATE_270)
    np.testing.assert_array_equal(pixels(probe(RAW[name], "--upright")), np.asarray(expected))


def test_the_preview_of_a_raf_file_states_its_orientation(probe):
    large = pictures.saved(pictures.photograph(90, 60), "JPEG", exif=b"Exif\0\0" + pictures.exif(8))
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(large))).convert("RGB"))
    np.testing.assert_array_equal(pixels(probe(raw_files.raf(large), "--upright")), expected)
