"""--progress, and the summary at the end of long runs."""
import os
import pty
import re
import subprocess

import pytest

from program import PROGRAM
from small_net import net, words, write_pictures  # noqa: F401

COUNT = 40
FAILED = 3


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return write_pictures(tmp_path_factory.mktemp("inputs") / "pictures", COUNT)


def loud(net, *more):
    return [PROGRAM, *words(net, *more)[1:]]


def run_on_terminal(command, stdout=None):
    """The bytes that a terminal gets which is standard error, and standard output unless another is given."""
    master, slave = pty.openpty()
    process = subprocess.Popen(command, stdout=slave if stdout is None else stdout, stderr=slave)
    os.close(slave)
    shown = b""
    try:
        while chunk := os.read(master, 4096):
            shown += chunk
    except OSError:  # Linux says EIO when the other end is closed
        pass
    os.close(master)
    return process.wait(), shown


def visible(shown):
    """The lines that remain on the terminal."""
    lines = shown.decode().replace("\r\n", "\n").split("\n")
    return [re.split(r"\r\x1b\[K", line)[-1] for line in lines]


def test_a_pipe_gets_no_bar(net, pictures):
    for when in ((), ("--progress", "auto"), ("--progress", "never")):
        done = subprocess.run(loud(net, *when, pictures), capture_output=True)
        assert b"imnet  " not in done.stderr and b"\x1b" not in done.stderr and b"\r" not in done.stderr


def test_a_pipe_gets_lines_on_demand(net, pictures, tmp_path):
    done = subprocess.run(loud(net, "--progress", "always", "-o", tmp_path / "rows", pictures), capture_output=True)
    lines = done.stderr.decode().splitlines()
    bars = [line for line in lines if line.startswith("imnet  ")]
    assert b"\x1b" not in done.stderr and bars
    assert f"{COUNT} " in bars[-1] and f"{FAILED} failed" in bars[-1]
    assert re.search(rf"imnet: {COUNT} rows, {FAILED} failed; {COUNT} images in .* s: .* images/s$", lines[-1])


def test_quiet_keeps_the_summary_away(net, pictures):
    done = subprocess.run(loud(net, "-q", "--progress", "always", pictures), capture_output=True)
    assert b"rows," not in done.stderr


def test_a_terminal_gets_a_bar_that_is_removed(net, pictures, tmp_path):
    status, shown = run_on_terminal(loud(net, "--progress", "always", "-o", tmp_path / "rows", pictures))
    assert status == 1 and b"\r\x1b[Kimnet  " in shown and b"images" in shown
    assert not any(line.startswith("imnet  ") for line in visible(shown))


def test_rows_on_the_same_terminal_stay_whole(net, pictures):
    expected = subprocess.run(loud(net, "--format", "tsv", pictures), capture_output=True).stdout.decode()
    for when in ("auto", "always"):
        status, shown = run_on_terminal(loud(net, "--format", "tsv", "--progress", when, pictures))
        assert status == 1
        rows = [line for line in visible(shown) if "\t" in line]
        assert "\n".join(rows) == expected.rstrip("\n")
        if when == "auto":
            assert b"\x1b[K" not in shown  # the rows show the progress


def test_a_resumed_run_counts_the_rows_that_are_there(net, pictures, tmp_path):
    rows = tmp_path / "rows.csv"
    command = loud(net, "--progress", "always", "--format", "csv", "--resume", "-o", rows, pictures)
    subprocess.run(command, capture_output=True)
    text = rows.read_bytes()
    rows.write_bytes(text[: len(text) // 2])
    done = subprocess.run(command, capture_output=True)
    last = done.stderr.decode().splitlines()[-1]
    again = int(re.search(r"; (\d+) images in", last).group(1))
    assert last.startswith(f"imnet: {COUNT} rows, {FAILED} failed") and 0 < again < COUNT
