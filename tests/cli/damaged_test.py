"""What becomes of damaged images: --damaged."""

import json
import shutil

import pytest

from program import SAMPLES, imnet

CHELSEA = SAMPLES / "chelsea.png"
ROCKET = SAMPLES / "rocket.jpg"

NET = ["--no-weights", "--model", "resnet18", "-k", "1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A whole image, one with a wrong checksum, one that lost bytes, and one that is cut."""
    folder = tmp_path_factory.mktemp("damaged")
    shutil.copy(ROCKET, folder / "a.jpg")
    png = CHELSEA.read_bytes()
    (folder / "checksum.png").write_bytes(png[:-16] + bytes([png[-16] ^ 1]) + png[-15:])
    jpeg = ROCKET.read_bytes()
    half = len(jpeg) // 2
    (folder / "lost.jpg").write_bytes(jpeg[:half] + b"\xff\xd9")
    (folder / "z.jpg").write_bytes(jpeg[:half])
    return folder


def rows(*words):
    done = imnet(*NET, "--format", "jsonl", *words)
    return {row["path"].rsplit("/", 1)[-1]: row for row in map(json.loads, done.stdout.splitlines())}, done


def test_what_pillow_reads_is_a_row_that_says_so(folder):
    by_name, done = rows(folder)
    assert "damaged" not in by_name["a.jpg"]
    assert by_name["checksum.png"]["damaged"] == "damaged PNG: chunk IDAT fails its checksum"
    assert by_name["lost.jpg"]["damaged"] == "damaged JPEG: a part of its data is missing"
    assert by_name["z.jpg"]["error"]["message"].startswith("truncated JPEG: ")
    assert done.returncode == 1
    assert b"2 damaged images were used as far as they could be read" in done.stderr
    # The pixels of the PNG are whole, so its row is that of the whole image.
    whole, _ = rows(CHELSEA)
    assert by_name["checksum.png"]["top"] == whole["chelsea.png"]["top"]
    assert b"damaged" not in imnet(*NET, "-q", folder / "lost.jpg").stderr


def test_refuse_makes_each_an_error(folder):
    by_name, done = rows("--damaged", "refuse", folder)
    assert [name for name, row in by_name.items() if "error" in row] == ["checksum.png", "lost.jpg", "z.jpg"]
    assert b"damaged image" not in done.stderr


def test_keep_takes_what_is_left(folder):
    by_name, done = rows("--damaged", "keep", folder)
    assert done.returncode == 0
    assert by_name["z.jpg"]["damaged"].startswith("truncated JPEG: ")
    # Pillow closes a file that is cut, so both have the same pixels.
    assert by_name["z.jpg"]["top"] == by_name["lost.jpg"]["top"]
    assert by_name == rows("--damaged", "keep", folder)[0]


def test_a_table_has_a_column(folder):
    header, first = imnet(*NET, "--format", "csv", folder / "lost.jpg").stdout.decode().splitlines()
    assert header.split(",")[-1] == "damaged"
    assert first.endswith(",,damaged JPEG: a part of its data is missing")


def test_a_resumed_run_keeps_the_policy(folder, tmp_path):
    out = tmp_path / "rows.jsonl"
    assert imnet(*NET, "-o", out, "--format", "jsonl", "--resume", folder).returncode == 1
    done = imnet(*NET, "-o", out, "--format", "jsonl", "--resume", "--damaged", "keep", folder)
    assert done.returncode == 2 and b"damaged was as Pillow, is keep" in done.stderr


def test_explain_and_eval_count_them(folder, tmp_path):
    (tmp_path / "tench").mkdir()
    shutil.copy(folder / "lost.jpg", tmp_path / "tench")
    for words in (["eval", tmp_path], ["explain", folder / "lost.jpg", "-o", tmp_path / "heat.png"]):
        done = imnet(*words, "--no-weights", "--model", "resnet18")
        assert b"1 damaged image was used as far as it could be read" in done.stderr, done.stderr
        refused = imnet(*words, "--no-weights", "--model", "resnet18", "--damaged", "refuse")
        assert refused.returncode == 1 and b"used as far as" not in refused.stderr
