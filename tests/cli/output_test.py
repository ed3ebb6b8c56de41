"""-o, -k, --min-prob, --is, -q, --fail-fast, and output that cannot be written."""
import json
import os
import signal
import subprocess

import pytest

from program import PROGRAM, SAMPLES, quick

ROCKET, COFFEE = SAMPLES / "rocket.jpg", SAMPLES / "coffee.png"


def top(*words):
    return json.loads(quick("--format", "jsonl", *words).stdout)["top"]


def test_k_classes():
    assert len(top(ROCKET)) == 5
    assert len(top("-k", "1", ROCKET)) == 1
    everything = top("-k", "5000", ROCKET)
    assert len(everything) == 1000
    assert sum(entry["prob"] for entry in everything) == pytest.approx(1, abs=1e-5)
    assert [entry["prob"] for entry in everything] == sorted((entry["prob"] for entry in everything), reverse=True)


def test_min_prob_keeps_the_row():
    limit = top(ROCKET)[1]["prob"]
    assert len(top("--min-prob", str(limit), ROCKET)) in (1, 2)  # the limit may be rounded up to a float
    assert top("--min-prob", "1", ROCKET) == []
    done = quick("--min-prob", "1", "--format", "csv", ROCKET)
    assert done.returncode == 0 and done.stdout.decode().splitlines()[1].endswith("rocket.jpg,,,,,,,")


def test_is_prints_paths_as_grep_does(tmp_path):
    best = top("-k1", ROCKET)[0]
    for name in (best["label"], best["label"].upper(), best["wnid"], str(best["index"])):
        done = quick("--is", name, ROCKET)
        assert done.returncode == 0 and done.stdout == os.fsencode(ROCKET) + b"\n", name
    worst = top("-k1000", ROCKET)[-1]["label"]
    done = quick("--is", worst, ROCKET, tmp_path / "gone.jpg")
    assert done.returncode == 1 and done.stdout == b"" and b"gone.jpg: No such file" in done.stderr
    assert quick("--is", worst, "-k1000", ROCKET).returncode == 0
    both = ("--is", worst, "-k1000", ROCKET, tmp_path / "gone.jpg")
    for words, status in (((), 1), (("-q",), 0)):  # a match does not hide what failed, but for -q
        done = quick(*words, *both)
        assert done.returncode == status and done.stdout == os.fsencode(ROCKET) + b"\n"
        assert b"gone.jpg: No such file" in done.stderr
    assert quick("-q", "--is", worst, ROCKET, tmp_path / "gone.jpg").returncode == 1
    assert quick("--is", worst, "-k1000", "--min-prob", "0.9", ROCKET).returncode == 1


def test_output_file_appears_whole(tmp_path):
    rows = tmp_path / "rows.jsonl"
    done = quick("--format", "jsonl", "-o", rows, ROCKET)
    assert done.returncode == 0 and done.stdout == b""
    assert rows.read_bytes() == quick("--format", "jsonl", ROCKET).stdout
    assert sorted(os.listdir(tmp_path)) == ["rows.jsonl", "rows.jsonl.run.json"]


def test_output_file_survives_a_failed_run(tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text("old")
    assert quick("--device", "cuda:99", "-o", rows, ROCKET).returncode == 3
    assert rows.read_text() == "old" and os.listdir(tmp_path) == ["rows.jsonl"]


@pytest.mark.parametrize("target", ["/dev/full", "/no/such/folder/rows"])
def test_output_that_cannot_be_written_is_status_4(target):
    done = quick("-o", target, ROCKET)
    assert done.returncode == 4 and target in done.stderr.decode()


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("models",), ("--no-weights", "--model", "resnet18", str(ROCKET))])
def test_a_full_disk_for_standard_output_is_status_4(words):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROGRAM, *words], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 4 and b"standard output: No space left on device" in done.stderr


def test_a_closed_pipe_ends_quietly():
    process = subprocess.Popen([PROGRAM, "--no-weights", "--model", "resnet18", "--batch", "1", *[ROCKET] * 40],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == os.fsencode(ROCKET) + b"\n"
    process.stdout.close()
    assert process.stderr.read().count(b"\n") == 1  # only the warning of random weights
    assert process.wait() == -signal.SIGPIPE  # a shell shows 141


def test_quiet_keeps_rows_and_the_warning_of_random_weights(tmp_path):
    done = quick("-q", ROCKET, tmp_path / "gone.jpg")
    assert done.returncode == 1 and b"not_found" in done.stdout
    assert done.stderr.count(b"\n") == 1 and b"the predictions mean nothing" in done.stderr


def test_fail_fast_stops_at_the_first_failure(tmp_path):
    done = quick("--fail-fast", "--format", "jsonl", ROCKET, tmp_path / "gone.jpg", COFFEE)
    paths = [json.loads(line)["path"].split("/")[-1] for line in done.stdout.splitlines()]
    assert done.returncode == 1 and paths == ["rocket.jpg", "gone.jpg"]


def test_large_images_are_refused_by_their_header(tmp_path):
    bomb = tmp_path / "bomb.ppm"
    bomb.write_bytes(b"P6\n60000 60000\n255\n")
    row = json.loads(quick("--format", "jsonl", bomb).stdout)
    assert row["error"]["kind"] == "limits" and "--max-megapixels" in row["error"]["message"]
    small = json.loads(quick("--format", "jsonl", "--max-megapixels", "1", SAMPLES / "rocket.jpg").stdout)
    assert "top" in small


def test_a_terminal_gets_bars_and_harmless_names(tmp_path):
    import pty
    name = tmp_path / "evil\x1b[2J.jpg"
    name.write_bytes(ROCKET.read_bytes())
    master, slave = pty.openpty()
    process = subprocess.Popen([PROGRAM, "--no-weights", "--model", "resnet18", name], stdout=slave,
                               stderr=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"})
    os.close(slave)
    shown = b""
    while chunk := _read(master):
        shown += chunk
    assert process.wait() == 0
    assert b"\x1b" not in shown and b"evil?[2J.jpg" in shown and "▏".encode()[:1] in shown


def _read(fd):
    try:
        return os.read(fd, 4096)
    except OSError:  # Linux says EIO when the other end is closed
        return b""
