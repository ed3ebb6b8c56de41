"""Codecs that few pictures need are loaded only for such pictures."""
import io
import json
import os
import shutil
import struct
import subprocess

import pytest

from program import BUILD, PROGRAM, ROOT, SAMPLES, quick

Image = pytest.importorskip("PIL.Image", reason="Pillow, which makes the pictures, is not installed")

MODULES = BUILD / "lib" / "imnet"
# The module of each format, the libraries that it brings, and the package in the message of a build without it.
FORMATS = {"TIFF": ("libimnet_tiff.so", ("libtiff",), "libtiff-dev"),
           "JPEG2000": ("libimnet_jpeg2000.so", ("libopenjp2",), "libopenjp2-7-dev"),
           "JXL": ("libimnet_jxl.so", ("libjxl",), "libjxl-dev"),
           "HEIF": ("libimnet_heif.so", ("libheif", "libde265"), "libheif-dev")}
# Where there is a picture of a format that not every Pillow writes.
CORPUS = ROOT / "tests" / "fuzz" / "corpus"
STORED = {"JXL": CORPUS / "jxl" / "seed-RGB-lossy.jxl", "HEIF": CORPUS / "heif" / "seed-420.heic"}


def picture(kind):
    if kind in STORED:
        return STORED[kind].read_bytes()
    file = io.BytesIO()
    Image.open(SAMPLES / "rocket.jpg").resize((60, 40)).save(file, kind)
    return file.getvalue()


def loaded_by(path):
    """The libraries that a run on one picture loads, as the dynamic linker says."""
    done = quick(path, LD_DEBUG="files")
    assert done.returncode == 0, done.stdout
    assert b"libimnet_" in done.stderr  # the trace works: an engine is a module, too
    return done.stderr.decode()


def test_a_jpeg_run_loads_none_of_the_codecs():
    loaded = loaded_by(SAMPLES / "rocket.jpg")
    for module, libraries, _ in FORMATS.values():
        assert not any(name in loaded for name in (module, *libraries))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_loads_its_own_codec_only(tmp_path, kind):
    module, libraries, _ = FORMATS[kind]
    if not next(MODULES.glob(module), None):
        pytest.skip(f"this build has no {module}")
    file = tmp_path / "picture"
    file.write_bytes(picture(kind))
    loaded = loaded_by(file)
    assert all(name in loaded for name in (module, *libraries))
    for other, _, _ in FORMATS.values():
        assert other == module or other not in loaded


@pytest.mark.parametrize("kind", FORMATS)
def test_without_its_module_a_picture_names_the_package(tmp_path, kind):
    module, _, package = FORMATS[kind]
    for folder, files in (("bin", [PROGRAM]), ("lib/imnet", MODULES.glob("libimnet_*"))):
        (tmp_path / folder).mkdir(parents=True)
        for file in files:
            if file.name != module:
                shutil.copy(file, tmp_path / folder)
    file = tmp_path / "picture"
    file.write_bytes(picture(kind))
    done = subprocess.run([tmp_path / "bin" / "imnet", "--no-weights", "--model", "resnet18", "--format", "jsonl", file],
                          capture_output=True, env=os.environ)
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "format"
    assert f"install the package {package}" in error["message"]


DAMAGED = {**{kind: picture(kind) for kind in FORMATS}, "AVIF": (CORPUS / "heif" / "seed-420.avif").read_bytes()}


@pytest.mark.parametrize("kind", DAMAGED)
def test_what_a_library_finds_wrong_stands_in_the_row_alone(tmp_path, kind):
    whole = DAMAGED[kind]
    for length in range(len(whole) // 10, len(whole), len(whole) // 10):
        damaged = bytearray(whole)
        damaged[length - 20:length] = b"\xa5" * 20
        (tmp_path / f"{length}-cut").write_bytes(whole[:length])
        (tmp_path / f"{length}-damaged").write_bytes(damaged)
    done = quick("--all", "--format", "jsonl", tmp_path)
    assert done.returncode == 1
    assert any("damaged" in row for row in done.stdout.decode().splitlines())
    # The program's own lines about the model and the failed images are all that is printed besides.
    assert all(line.startswith("imnet: ") for line in done.stderr.decode().splitlines()), done.stderr.decode()


def raw_file():
    """A TIFF whose only directory says that its pixels are a colour filter array, and a JPEG after it."""
    entries = [(256, 4), (257, 4), (262, 32803), (274, 6)]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", tag, 4, 1, n) for tag, n in entries)
    return b"II*\0\x08\0\0\0" + directory + b"\0\0\0\0" + (SAMPLES / "rocket.jpg").read_bytes()


def test_a_run_says_once_how_many_previews_of_raw_files_it_used(tmp_path):
    for name in ("a.dng", "b.nef"):
        (tmp_path / name).write_bytes(raw_file())
    said = "imnet: 2 camera raw files: the JPEG preview inside each was used"
    done = quick(tmp_path)
    assert done.returncode == 0
    assert done.stderr.decode().splitlines().count(said) == 1
    assert said not in quick("--quiet", tmp_path).stderr.decode()
    assert "camera raw" not in quick(SAMPLES / "rocket.jpg").stderr.decode()


def test_a_raw_file_without_a_preview_is_an_error_that_says_so(tmp_path):
    (tmp_path / "a.dng").write_bytes(raw_file()[:64])
    done = quick("--format", "jsonl", tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"] == {
        "kind": "format", "message": "this is a camera's raw file without a JPEG preview inside: convert it to PNG or JPEG"}
