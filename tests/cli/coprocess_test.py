"""A program that sends paths and reads their rows, one after the other: --files-from with a pipe."""
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess

import pytest

from program import PROGRAM, ROOT
from small_net import net, run, words, write_pictures  # noqa: F401

COUNT = 40


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return write_pictures(tmp_path_factory.mktemp("inputs") / "pictures", COUNT)


class Classifier:
    """The program, which waits for paths."""

    def __init__(self, net, *more, end=b"\n", list_file=b"-", **options):
        self.end = end
        self.process = subprocess.Popen([PROGRAM, *words(net, "--format", "jsonl", *more), "--files-from", list_file],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def send(self, *paths):
        self.process.stdin.write(b"".join(os.fsencode(path) + self.end for path in paths))
        self.process.stdin.flush()

    def send_last(self, path):
        """The last line may lack its end."""
        self.process.stdin.write(os.fsencode(path))
        self.process.stdin.close()
        self.process.stdin = None

    def row(self):
        return json.loads(self.process.stdout.readline())

    def close(self):
        """The exit status after the end of the list. There must be no more rows."""
        rows, _ = self.process.communicate(timeout=60)
        assert rows == b""
        return self.process.returncode


@contextlib.contextmanager
def classifier(*more, **options):
    started = Classifier(*more, **options)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.communicate()


@pytest.mark.parametrize("more", [(), ("--threads", "1"), ("--batch", "1"), ("--batch", "64"), ("--engine", "torch")],
                         ids=" ".join)
def test_each_row_comes_before_the_next_path_is_sent(more, net, pictures, tmp_path):
    names = sorted(os.listdir(pictures))[:12]  # the eighth is no picture
    with classifier(net, *more) as program:
        for name in [*names, "gone.ppm", names[0]]:
            program.send(pictures / name)
            row = program.row()
            assert row["path"] == str(pictures / name)
            assert row.get("error", {}).get("kind") == {"gone.ppm": "not_found", names[7]: "format"}.get(name)
        assert program.close() == 1


def test_paths_that_end_in_nul_bytes(net, pictures):
    with classifier(net, "-0", end=b"\0") as program:
        for name in sorted(os.listdir(pictures))[:3]:
            program.send(pictures / name)
            assert program.row()["path"] == str(pictures / name)
        assert program.close() == 0


def test_a_named_pipe(net, pictures, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with classifier(net, list_file=pipe) as program, open(pipe, "w") as paths:
        for name in sorted(os.listdir(pictures))[:3]:
            print(pictures / name, file=paths, flush=True)
            assert program.row()["path"] == str(pictures / name)
        paths.close()
        assert program.close() == 0


def test_a_folder_is_whole_before_the_next_path_is_sent(net, pictures):
    with classifier(net) as program:
        for _ in range(2):
            program.send(pictures)
            assert [program.row()["path"] for _ in range(COUNT)] == [
                str(pictures / name) for name in sorted(os.listdir(pictures))]
        assert program.close() == 1


def test_a_path_is_taken_when_it_is_complete(net, pictures):
    first, second, *_ = sorted(pictures.iterdir())
    with classifier(net) as program:
        program.send(f"{first}\n\n{str(second)[:-3]}")  # ends this piece, too: no such file
        assert [program.row()["path"], program.row()["path"]] == [str(first), str(second)[:-3]]
        program.process.stdin.write(os.fsencode(second)[:9])
        program.process.stdin.flush()
        program.send(str(second)[9:])
        assert program.row()["path"] == str(second)
        program.send_last(first)
        assert program.row()["path"] == str(first)


def test_rows_do_not_depend_on_when_paths_come(net, pictures, tmp_path):
    """libtorch's last digits depend on the batch. Every batch is filled up, as for a long list."""
    engine = ("--engine", "torch", "--batch", "4")
    names = sorted(pictures.iterdir())
    everything = "".join(f"{name}\n" for name in names)
    (tmp_path / "list").write_text(everything)
    expected = [json.loads(row) for row in
                run(net, *engine, "--format", "jsonl", "--files-from", tmp_path / "list").stdout.splitlines()]
    at_once = run(net, *engine, "--format", "jsonl", "--files-from", "-", stdin=everything.encode())
    assert [json.loads(row) for row in at_once.stdout.splitlines()] == expected
    with classifier(net, *engine) as program:
        for part in (names[:1], names[1:4], names[4:5], names[5:16], names[16:]):
            program.send(*part)
            assert [program.row() for _ in part] == expected[: len(part)]
            del expected[: len(part)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_wait_for_a_path(number, net, pictures):
    picture = pictures / "00000.ppm"
    with classifier(net) as program:
        program.send(picture)
        assert program.row()["path"] == str(picture)
        program.process.send_signal(number)
        assert program.process.wait(60) == -number
        assert program.process.stdout.read() == b""


def test_an_output_that_can_be_resumed_has_the_rows_so_far(net, pictures, tmp_path):
    rows = tmp_path / "rows.jsonl"
    first, second, third, *_ = sorted(pictures.iterdir())
    with classifier(net, "--resume", "-o", rows) as program:
        program.send(first)
        while not (rows.exists() and rows.read_bytes().endswith(b"\n")):
            assert program.process.poll() is None
        program.process.send_signal(signal.SIGINT)
        assert program.process.wait(60) == -signal.SIGINT
    assert json.loads(rows.with_name("rows.jsonl.run.json").read_text())["state"] == "interrupted"
    with classifier(net, "--resume", "-o", rows) as program:
        program.send(first, second)  # the first has its row
        while rows.read_bytes().count(b"\n") < 2:
            assert program.process.poll() is None
        program.send(third)
        assert program.close() == 0
    assert [json.loads(row)["path"] for row in rows.read_text().splitlines()] == list(map(str, (first, second, third)))


def test_the_progress_bar_takes_no_paths_from_a_pipe(net, pictures):
    """It counts the inputs of a list, but a pipe can be read only once."""
    done = subprocess.run(
        ["bash", "-c", '"$0" "${@:2}" --files-from <(for ((i = 0; i < 300; i++)); do echo "$1"; done)', PROGRAM,
         pictures / "00000.ppm", *words(net, "--progress", "always", "--format", "csv", "-k", "1")],
        capture_output=True)
    assert done.returncode == 0 and done.stdout.count(b"\n") == 301


def test_a_retry_needs_a_list_that_can_be_read_twice(net, tmp_path):
    for source in ("-", "/dev/fd/0"):
        done = run(net, "--resume", "--retry-failed", "--format", "csv", "-o", tmp_path / "rows", "--files-from", source)
        assert done.returncode == 2 and b"reads the list of --files-from twice" in done.stderr


@pytest.mark.skipif(shutil.which("inotifywait") is None, reason="inotify-tools is not installed")
def test_pictures_are_classified_as_they_arrive(net, pictures, tmp_path):
    """The example of the manual."""
    [command] = re.findall(r"^imnet (--files-from <\(inotifywait.*)$", (ROOT / "docs" / "inputs.md").read_text(), re.M)
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    process = subprocess.Popen(["bash", "-c", f'"$0" "$@" {command}', PROGRAM, *words(net, "--format", "jsonl")],
                               cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    try:
        # inotifywait says nothing when it has begun to watch, so the first picture is moved in until it is seen.
        picture = pictures / "00000.ppm"
        os.set_blocking(process.stdout.fileno(), False)
        row = b""
        while not row.endswith(b"\n"):
            shutil.copy(picture, tmp_path / "new.ppm")
            os.rename(tmp_path / "new.ppm", incoming / "a.ppm")
            row += process.stdout.read() or b""
            assert process.poll() is None
        assert json.loads(row.splitlines()[0])["path"] == "incoming/a.ppm"
        os.set_blocking(process.stdout.fileno(), True)
        shutil.copy(picture, incoming / "b.ppm")
        for line in process.stdout:
            if json.loads(line)["path"] == "incoming/b.ppm":
                break
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()
