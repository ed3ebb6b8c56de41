"""Signals, memory shortage, closed pipes, full disks, and files that change during a run."""
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import time

import pytest

from program import PROGRAM
from small_net import net, record, run, words, write_pictures  # noqa: F401

COUNT = 300


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return write_pictures(tmp_path_factory.mktemp("inputs") / "pictures", COUNT)


@pytest.fixture(scope="module")
def whole(net, pictures):
    return run(net, "--format", "jsonl", pictures).stdout


def start(net, *more, **options):
    return subprocess.Popen([PROGRAM, *words(net, "--batch", "8", *more)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def wait_for(path, size, process):
    while process.poll() is None and not (path.exists() and path.stat().st_size > size):
        time.sleep(0.0005)


def test_a_run_that_is_interrupted_several_times(net, pictures, whole, tmp_path):
    dice = random.Random(5)
    output = tmp_path / "rows.jsonl"
    for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP] * 2:
        process = start(net, "--format", "jsonl", "--resume", "-o", output, pictures)
        before = output.stat().st_size if output.exists() else 0
        wait_for(output, before + dice.randrange(len(whole) // 8), process)
        process.send_signal(number)
        process.communicate()
        assert process.returncode == -number  # a shell shows 128 + number
        rows = output.read_bytes()
        assert whole.startswith(rows) and rows.endswith(b"\n")
        assert record(output)["state"] in ("interrupted", "complete")
        assert record(output)["rows"] == rows.count(b"\n")
    assert run(net, "--format", "jsonl", "--resume", "-o", output, pictures).returncode == 1
    assert output.read_bytes() == whole and record(output)["state"] == "complete"


def test_without_resume_the_old_output_stays(net, pictures, tmp_path):
    output = tmp_path / "rows.jsonl"
    output.write_text("old")
    process = start(net, "--format", "jsonl", "-o", output, pictures)
    while len(os.listdir(tmp_path)) < 3 and process.poll() is None:  # with the lock and the temporary file
        time.sleep(0.0005)
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == -signal.SIGTERM
    assert output.read_text() == "old" and os.listdir(tmp_path) == ["rows.jsonl"]


def test_rows_on_standard_output_are_whole_lines(net, pictures, whole):
    process = start(net, "--format", "jsonl", pictures)
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rows = first + process.stdout.read()
    process.wait()
    assert process.returncode == -signal.SIGINT and whole.startswith(rows) and rows.endswith(b"\n")


def test_a_signal_ends_a_run_that_waits_for_a_pipe(net):
    process = subprocess.Popen([PROGRAM, *words(net, "-")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == -signal.SIGINT and process.stdout.read() == b""
    process.stdin.close()


def test_an_ignored_signal_stays_ignored(net, pictures, whole):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    process = start(net, "--format", "jsonl", pictures, preexec_fn=ignore)  # as nohup does
    first = process.stdout.readline()
    process.send_signal(signal.SIGHUP)
    assert first + process.stdout.read() == whole and process.wait() == 1


def test_a_reader_that_closes_after_one_line(net, pictures):
    process = start(net, "--format", "jsonl", pictures)
    assert json.loads(process.stdout.readline())["path"].endswith("00000.ppm")
    process.stdout.close()
    assert process.stderr.read() == b"" and process.wait() == -signal.SIGPIPE


def test_a_full_device(net, pictures):
    for form in ("jsonl", "csv", "text"):
        done = run(net, "--format", form, "-o", "/dev/full", pictures)
        assert done.returncode == 4 and b"/dev/full: No space left on device" in done.stderr


def test_a_full_disk_keeps_whole_lines(net, pictures, whole, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", disk],
                                           capture_output=True).returncode != 0:
        pytest.skip("may not mount a small disk")
    try:
        done = run(net, "--format", "jsonl", "--resume", "-o", disk / "rows.jsonl", pictures)
        assert done.returncode == 4 and b"No space left on device" in done.stderr
        rows = (disk / "rows.jsonl").read_bytes()
        assert len(rows) > 4096 and whole.startswith(rows) and rows.endswith(b"\n")
        for name in os.listdir(disk):  # the rest is written to another disk
            shutil.copy(disk / name, tmp_path / name)
    finally:
        subprocess.run(["umount", disk], check=True)
    output = tmp_path / "rows.jsonl"
    assert run(net, "--format", "jsonl", "--resume", "-o", output, pictures).returncode == 1
    assert output.read_bytes() == whole


def most_memory(command):
    """The largest address space of a command, in bytes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        with open(f"/proc/{process.pid}/status") as status:
            most = max([most] + [int(line.split()[1]) * 1024 for line in status if line.startswith("VmPeak:")])
        time.sleep(0.002)
    assert process.returncode == 1
    return most


def test_batches_become_smaller_when_memory_runs_out(net, pictures, tmp_path):
    """libtorch allocates memory for each batch. Half of what a large batch needs must suffice."""
    def command(batch, output):
        return [PROGRAM, *words(net, "--engine", "torch", "--threads", "1", "--batch", str(batch), "--format", "jsonl",
                                "--resume", "-o", tmp_path / output, pictures)]

    limit = (most_memory(command(8, "small")) + most_memory(command(4096, "enough"))) // 2
    done = subprocess.run(command(4096, "little"), capture_output=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    assert done.returncode == 1, done.stderr
    enough, little = ([json.loads(row) for row in (tmp_path / name).read_text().splitlines()]
                      for name in ("enough", "little"))
    assert [(row["path"], row.get("top", [{}])[0].get("index")) for row in enough] == \
        [(row["path"], row.get("top", [{}])[0].get("index")) for row in little]


def test_files_that_vanish_grow_or_are_special_are_rows(net, pictures, tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    good = (pictures / "00000.ppm").read_bytes()
    for number in range(60):
        (folder / f"{number:03}.ppm").write_bytes(good)
    process = start(net, "--format", "jsonl", "--threads", "1", "--batch", "1", folder)
    rows = [process.stdout.readline()]  # the folder was already listed
    (folder / "057.ppm").unlink()
    (folder / "058.ppm").write_bytes(good[:100])
    (folder / "059.ppm").unlink()
    os.mkfifo(folder / "059.ppm")
    rows += process.stdout.readlines()
    kinds = [json.loads(row).get("error", {}).get("kind") for row in rows]
    assert process.wait() == 1 and len(rows) == 60
    assert kinds[:40] == [None] * 40
    # The run may have been anywhere in between. Each input has exactly one row.
    assert kinds[57] in ("not_found", None) and kinds[58] in ("decode", None) and kinds[59] in ("io", None)


def test_a_locked_file_is_read(net, pictures, tmp_path):
    import fcntl
    picture = tmp_path / "locked.ppm"
    shutil.copy(pictures / "00000.ppm", picture)
    with open(picture) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert run(net, picture).returncode == 0
