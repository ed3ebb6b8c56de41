"""--draft decodes large JPEG files at a fraction of their size."""
import json

import pytest

from program import SAMPLES, quick


def top(*words):
    done = quick("--format", "jsonl", *words)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)["top"]


def test_small_pictures_stay_as_they_are():
    assert top("--draft", SAMPLES / "rocket.jpg") == top(SAMPLES / "rocket.jpg")


def test_large_ones_change_a_little(tmp_path):
    pil = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    large = tmp_path / "large.jpg"
    with pil.open(SAMPLES / "rocket.jpg") as rocket:
        rocket.resize((1920, 1281)).save(large)
    draft = {entry["index"]: entry["prob"] for entry in top("-k", "1000", "--draft", large)}
    whole = {entry["index"]: entry["prob"] for entry in top("-k", "1000", large)}
    assert draft != whole
    assert draft == pytest.approx(whole, abs=0.002)
