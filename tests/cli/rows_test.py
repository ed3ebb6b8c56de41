"""Every input has one row, even if it fails, in all five formats."""
import base64
import csv
import io
import json
import os
import shutil

import pytest

from program import SAMPLES, quick

GOOD = SAMPLES / "rocket.jpg"
NAMES = ["path", "rank", "index", "wnid", "label", "prob", "error", "damaged"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with every kind of input that fails."""
    root = tmp_path_factory.mktemp("inputs")
    good = GOOD.read_bytes()
    (root / "cut.jpg").write_bytes(good[: len(good) // 2])
    (root / "empty.jpg").write_bytes(b"")
    (root / "good.jpg").write_bytes(good)
    (root / "text.jpg").write_text("I am no picture.\n")
    (root / "unreadable.jpg").write_bytes(good)
    (root / "unreadable.jpg").chmod(0)
    os.mkfifo(root / "fifo.jpg")
    (root / "dangling.jpg").symlink_to("nowhere")
    (root / "new\nline.jpg").write_bytes(good)
    (root / "quo\"te, comma.jpg").write_bytes(good)
    (root / "tab\t.jpg").write_bytes(good)
    with open(os.fsencode(root) + b"/not-utf8-\xff.jpg", "wb") as file:
        file.write(good)
    (root / "notes.txt").write_text("not looked at")
    return root


def expected(folder):
    """(path as bytes, kind of error or None) in the order of the rows."""
    root_user = os.geteuid() == 0  # root may read any file
    kinds = {b"cut.jpg": "decode", b"empty.jpg": "format", b"text.jpg": "format", b"fifo.jpg": "io",
             b"dangling.jpg": "not_found", b"unreadable.jpg": None if root_user else "permission"}
    names = sorted(name for name in os.listdir(os.fsencode(folder)) if name.endswith(b".jpg"))
    return [(os.fsencode(folder) + b"/" + name, kinds.get(name)) for name in names]


def shown(path):
    return path.decode("utf-8", errors="replace")


@pytest.fixture(scope="module")
def right():
    """The predictions for the good image, from a separate run."""
    return json.loads(quick("--format", "jsonl", GOOD).stdout)["top"]


def check(rows, folder, right):
    """`rows` holds (path, top or None, kind or None)."""
    assert [(path, kind) for path, top, kind in rows] == [(shown(path), kind) for path, kind in expected(folder)]
    for path, top, kind in rows:
        if kind is None:
            assert [entry["index"] for entry in top] == [entry["index"] for entry in right], path
            for entry, reference in zip(top, right):
                assert entry["wnid"] == reference["wnid"] and entry["label"] == reference["label"]
                assert entry["prob"] == pytest.approx(reference["prob"], rel=1e-4)


def from_object(entry):
    return entry["path"], entry.get("top"), entry.get("error", {}).get("kind")


def from_table(lines):
    """Groups the lines of a table into rows."""
    assert lines[0] == NAMES
    rows = []
    for path, rank, index, wnid, label, prob, error, damaged in lines[1:]:
        if rank in ("", "1"):
            rows.append((path, [] if rank else None, error.split(":")[0] or None))
        if rank:
            assert int(rank) == len(rows[-1][1]) + 1
            rows[-1][1].append({"index": int(index), "wnid": wnid, "label": label, "prob": float(prob)})
    return rows


def run(folder, *words):
    done = quick(*words, folder)
    assert done.returncode == 1
    failed = sum(kind is not None for _, kind in expected(folder))
    assert f"{failed} of {len(expected(folder))} inputs failed" in done.stderr.decode()
    return done.stdout


def test_jsonl(folder, right):
    rows = [json.loads(line) for line in run(folder, "--format", "jsonl").decode().splitlines()]
    check([from_object(row) for row in rows], folder, right)
    exact = [base64.b64decode(row["path_base64"]) for row in rows if "path_base64" in row]
    assert exact == [path for path, _ in expected(folder) if b"\xff" in path]


def test_json(folder, right):
    check([from_object(row) for row in json.loads(run(folder, "--format", "json"))], folder, right)


def test_csv(folder, right):
    text = run(folder, "--format", "csv").decode()
    check(from_table(list(csv.reader(io.StringIO(text, newline="")))), folder, right)


def test_tsv(folder, right):
    text = run(folder, "--format", "tsv").decode()
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
    plain = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}
    for line in lines:
        for escape, character in plain.items():
            line[0] = line[0].replace(escape, character)
    check(from_table(lines), folder, right)


def test_text(folder, right):
    text = run(folder, "--format", "text")
    position = 0
    for path, kind in expected(folder):  # in order, each followed by its classes or its error
        block = path + b"\n" + (f"   error: {kind}: ".encode() if kind else b"   ")
        found = text.find(block, position)
        assert found >= 0, path
        if kind is None:
            first = text[found + len(path) + 1:].split(b"\n")[0].decode()
            assert first == f"  {100 * right[0]['prob']:6.2f}%  {right[0]['label']}"
        position = found + 1
    assert text.count(b"   error: ") == sum(kind is not None for _, kind in expected(folder))


def test_the_rows_do_not_depend_on_threads_or_batch(folder):
    def labels(*words):
        rows = [json.loads(line) for line in run(folder, "--format", "jsonl", *words).decode().splitlines()]
        return [(row["path"], [entry["index"] for entry in row.get("top", [])]) for row in rows]

    one = labels("--threads", "1", "--batch", "1")
    assert labels() == one
    assert labels("--batch", "3") == one
    assert labels("--threads", "1", "--batch", "100") == one


def test_repeated_inputs_have_a_row_each_in_order(tmp_path):
    done = quick("-k1", "--format", "csv", SAMPLES / "rocket.jpg", tmp_path / "gone.jpg", SAMPLES / "coffee.png",
                 SAMPLES / "rocket.jpg")
    paths = [line.split(",")[0].split("/")[-1] for line in done.stdout.decode().splitlines()[1:]]
    assert paths == ["rocket.jpg", "gone.jpg", "coffee.png", "rocket.jpg"]


def test_standard_input():
    done = quick("--format", "jsonl", "-", stdin=GOOD.read_bytes())
    row = json.loads(done.stdout)
    assert done.returncode == 0 and row["path"] == "-" and len(row["top"]) == 5
    empty = quick("--format", "jsonl", "-")
    assert empty.returncode == 1 and json.loads(empty.stdout)["error"]["kind"] == "format"


def test_orientation_does_not_change_the_row(tmp_path):
    """Images in all eight orientations, each with the EXIF tag that undoes it."""
    image = pytest.importorskip("PIL.Image")
    upright = image.open(GOOD).convert("RGB").crop((0, 0, 320, 256))
    undo = {1: None, 2: image.FLIP_LEFT_RIGHT, 3: image.ROTATE_180, 4: image.FLIP_TOP_BOTTOM, 5: image.TRANSPOSE,
            6: image.ROTATE_90, 7: image.TRANSVERSE, 8: image.ROTATE_270}
    for orientation, operation in undo.items():
        turned = upright.transpose(operation) if operation is not None else upright
        exif = image.Exif()
        exif[0x0112] = orientation
        turned.save(tmp_path / f"{orientation}.png", exif=exif)
        turned.save(tmp_path / f"{orientation}.webp", exif=exif, lossless=True)
    rows = [json.loads(line) for line in quick("--format", "jsonl", "--batch", "1", tmp_path).stdout.splitlines()]
    assert len(rows) == 16
    assert all(row["top"] == rows[0]["top"] for row in rows)


def test_a_folder_without_images_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    done = quick(tmp_path)
    assert done.returncode == 1 and done.stdout == b"" and b"no images in this folder" in done.stderr
    assert quick("-q", tmp_path).returncode == 1  # nothing says so but the status
    assert quick("-q", tmp_path, SAMPLES / "rocket.jpg").returncode == 0
    assert quick("--all", tmp_path).returncode == 1


def test_copies_below_a_folder_are_found(tmp_path):
    for name in ("b/c/deep.JPG", "a.jpeg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(GOOD, tmp_path / name)
    rows = quick("-k1", "--format", "tsv", ".", cwd=tmp_path).stdout.decode().splitlines()[1:]
    assert [row.split("\t")[0] for row in rows] == ["./a.jpeg", "./b/c/deep.JPG"]
    rows = quick("-k1", "--format", "tsv", "--no-recursive", ".", cwd=tmp_path).stdout.decode().splitlines()[1:]
    assert [row.split("\t")[0] for row in rows] == ["./a.jpeg"]
