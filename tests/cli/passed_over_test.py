"""What tools leave beside images is passed over, and an image that is not decoded is a row."""

import json
import shutil
import tarfile
import zipfile

import pytest

from program import SAMPLES, imnet, quick

ROCKET = SAMPLES / "rocket.jpg"
LEFT = ["._a.jpg", ".ipynb_checkpoints/a-checkpoint.jpg", "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "__MACOSX/._a.jpg",
        "deep/er/.AppleDouble/a.jpg", "deep/#recycle/a.jpg", "$RECYCLE.BIN/a.jpg"]
SILENT = ["Thumbs.db", ".DS_Store", "deep/desktop.ini"]


def fill(folder):
    for name in ["a.jpg", "deep/b.jpg", *LEFT, *SILENT]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROCKET, folder / name)
    return folder


def paths(done):
    return [json.loads(line)["path"].rsplit("/", 1)[-1] for line in done.stdout.splitlines()]


def packed(folder, kind):
    if kind == "folder":
        return folder
    out = folder.parent / f"all.{kind}"
    with (zipfile.ZipFile(out, "w") if kind == "zip" else tarfile.open(out, "w")) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                (archive.write if kind == "zip" else archive.add)(path, path.relative_to(folder))
    return out


@pytest.mark.parametrize("kind", ["folder", "zip", "tar"])
def test_passed_over_at_any_depth_and_told_once(tmp_path, kind):
    source = packed(fill(tmp_path / "photos"), kind)
    done = quick("--format", "jsonl", source)
    assert done.returncode == 0 and paths(done) == ["a.jpg", "b.jpg"]
    [told] = [line for line in done.stderr.decode().splitlines() if "passed over" in line]
    for name in ("._*", ".ipynb_checkpoints", "@eaDir", "__MACOSX", ".AppleDouble", "#recycle", "$RECYCLE.BIN"):
        assert name in told
    assert "Thumbs.db" not in told  # no image by its name
    assert b"passed over" not in quick("-q", "--format", "jsonl", source).stderr


def test_all_does_not_take_them_and_a_typed_name_does(tmp_path):
    folder = fill(tmp_path / "photos")
    assert paths(quick("--all", "--format", "jsonl", folder)) == ["a.jpg", "b.jpg"]
    assert paths(quick("--format", "jsonl", folder / "._a.jpg")) == ["._a.jpg"]


def test_eval_and_finetune_do_not_see_them(tmp_path):
    data = tmp_path / "data"
    for name in ("tench", "goldfish"):
        fill(data / name)
    fill(data / "__MACOSX")
    fill(data / ".ipynb_checkpoints")
    done = imnet("eval", "--no-weights", "--model", "resnet18", "--format", "json", data)
    assert done.returncode == 0 and json.loads(done.stdout)["images"] == 4, done.stdout
    trained = imnet("finetune", data, "-o", tmp_path / "net.safetensors", "--scratch", "--model", "resnet18",
                    "--epochs", "1", "--size", "32", "--val-fraction", "0.5")
    assert trained.returncode == 0 and b"2 classes" in trained.stderr + trained.stdout, trained.stderr
    assert trained.stderr.count(b"passed over") == 1


@pytest.mark.parametrize("parts", [("Train", "Test"), ("training", "validation"), ("train", "val", "test")])
def test_finetune_does_not_take_the_parts_of_a_data_set_for_classes(tmp_path, parts):
    for part in parts:
        (tmp_path / part / "cat").mkdir(parents=True)
        shutil.copy(ROCKET, tmp_path / part / "cat")
    done = imnet("finetune", tmp_path, "-o", tmp_path / "net.safetensors", "--scratch", "--model", "resnet18")
    error = done.stderr.decode()
    assert done.returncode == 2 and "the parts of a data set" in error
    assert f"such as {tmp_path}/{parts[0]} (and --val {tmp_path}/" in error


def test_numbers_of_ilsvrc_are_named(tmp_path):
    for number in range(1, 1001):
        (tmp_path / str(number)).mkdir()
    shutil.copy(ROCKET, tmp_path / "1000")
    shutil.copy(ROCKET, tmp_path / "1")
    done = imnet("eval", "--no-weights", "--model", "resnet18", tmp_path)
    assert done.returncode == 3
    assert b"--numbers ilsvrc2012-id" in done.stderr and b"--skip-unknown" not in done.stderr


UNSERVED = {"a.ico": (b"\0\0\1\0\1\0\x10\x10", "a Windows icon"), "b.psd": (b"8BPS\0\1", "a Photoshop document"),
            "c.exr": (b"v/1\x01", "an OpenEXR picture"), "d.SVG": (b"<svg xmlns=''/>", "an SVG drawing"),
            "e.icns": (b"icns\0\0", "an Apple icon"), "f.jxr": (b"II\xbc\x01", "a JPEG XR picture"),
            "g.qoi": (b"qoif\0\0", "a QOI picture"), "h.x3f": (b"FOVb\0\0", "a Sigma raw picture")}


@pytest.mark.parametrize("kind", ["folder", "zip", "tar"])
def test_an_image_that_is_not_decoded_is_a_row(tmp_path, kind):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, (data, _) in UNSERVED.items():
        (folder / name).write_bytes(data)
    (folder / "notes.txt").write_text("no image")
    (folder / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    done = quick("--format", "jsonl", packed(folder, kind))
    assert done.returncode == 1
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["path"].rsplit("/", 1)[-1] for row in rows] == list(UNSERVED)
    for row, (_, what) in zip(rows, UNSERVED.values()):
        assert row["error"]["kind"] == "format" and what in row["error"]["message"], row
