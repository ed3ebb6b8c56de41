"""-o where it names no ordinary file: an open file, a named pipe, a device. They are written in place."""
import os
import resource
import signal
import stat
import subprocess
import threading
import time

import pytest

import class_folders
from program import PROGRAM, SAMPLES, imnet
from small_net import net, write_pictures  # noqa: F401

# The words of each command that writes a file, in the folder `material`; -o FILE follows.
WRITING = {
    "classify": ["--weights", "net", "--format", "csv", "pictures"],
    "is": ["--weights", "net", "--is", "0", "-k", "7", "pictures"],
    "eval": ["eval", "classes", "--weights", "trained", "--format", "csv"],
    "explain": ["explain", "rocket.jpg", "--weights", "net"],
    "merge": ["merge", "1.jsonl", "2.jsonl"],
    "convert": ["weights", "convert", "net"],
}
TRAINING = ["finetune", "classes", "--scratch", "--model", "resnet18", "--size", "32", "--threads", "1", "--device", "cpu",
            "--batch", "16", "--epochs", "1"]


@pytest.fixture(scope="module")
def material(net, tmp_path_factory):
    folder = tmp_path_factory.mktemp("material")
    os.symlink(net, folder / "net")
    os.symlink(SAMPLES / "rocket.jpg", folder / "rocket.jpg")
    write_pictures(folder / "pictures", 24)
    class_folders.write(folder / "classes", count=4)
    assert imnet(*TRAINING, "-o", "trained", cwd=folder).returncode == 0
    for shard in ("1", "2"):
        imnet("--weights", "net", "--format", "jsonl", "--shard", f"{shard}/2", "-o", f"{shard}.jsonl", "pictures",
              cwd=folder)
    return folder


@pytest.fixture(scope="module")
def expected(material, tmp_path_factory):
    """What each command writes to an ordinary file."""
    folder = tmp_path_factory.mktemp("expected")
    for name, words in WRITING.items():
        assert imnet(*words, "-o", folder / name, cwd=material).returncode in (0, 1)
    return {name: (folder / name).read_bytes() for name in WRITING}


@pytest.mark.parametrize("command", WRITING)
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
def test_what_standard_output_holds_is_kept(name, command, material, expected, tmp_path):
    if name == "link":
        name = tmp_path / "link"
        os.symlink("/dev/stdout", name)
    target = tmp_path / "all"
    target.write_bytes(b"before\n")
    with open(target, "ab") as output:  # as >> does
        done = subprocess.run([PROGRAM, *WRITING[command], "-o", name], cwd=material, stdout=output)
    assert done.returncode in (0, 1)
    assert target.read_bytes() == b"before\n" + expected[command]
    assert set(os.listdir(tmp_path)) <= {"all", "link"}


def test_another_open_file(material, expected, tmp_path):
    with open(tmp_path / "all", "wb") as output:
        output.write(b"before\n")
        output.flush()
        done = subprocess.run([PROGRAM, *WRITING["classify"], "-o", f"/dev/fd/{output.fileno()}"], cwd=material,
                              pass_fds=[output.fileno()])
        output.write(b"after\n")
    assert done.returncode == 1 and (tmp_path / "all").read_bytes() == b"before\n" + expected["classify"] + b"after\n"
    assert imnet(*WRITING["classify"], "-o", "/dev/fd/77", cwd=material).returncode == 4


@pytest.mark.parametrize("command", WRITING)
def test_a_named_pipe(command, material, expected, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    assert imnet(*WRITING[command], "-o", pipe, cwd=material).returncode in (0, 1)
    reader.join()
    assert received == [expected[command]]
    assert stat.S_ISFIFO(pipe.stat().st_mode) and os.listdir(tmp_path) == ["pipe"]


def test_a_signal_ends_the_wait_for_the_reader_of_a_pipe(material, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    process = subprocess.Popen([PROGRAM, *WRITING["classify"], "-o", tmp_path / "pipe"], cwd=material)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == -signal.SIGINT


def test_a_device_stays_a_device(material):
    for command in WRITING.values():
        assert imnet(*command, "-o", "/dev/null", cwd=material).returncode in (0, 1)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert not [name for name in os.listdir("/dev") if name.startswith("null.")]


def test_only_a_file_can_be_resumed_or_trained(material, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("/dev/stdout", "/dev/null", "/dev/fd/0", tmp_path / "pipe"):
        for words in ([*WRITING["classify"], "--resume"], TRAINING):
            done = imnet(*words, "-o", name, cwd=material)
            assert done.returncode == 2 and f"{name}".encode() in done.stderr and b"not a regular file" in done.stderr
    assert os.listdir(tmp_path) == ["pipe"]


@pytest.mark.parametrize("words", [*WRITING.values(), TRAINING], ids=[*WRITING, "finetune"])
def test_a_file_that_becomes_too_large_is_a_full_disk(words, material, tmp_path):
    done = subprocess.run([PROGRAM, *words, "-o", tmp_path / "output"], cwd=material, stderr=subprocess.PIPE,
                          stdout=subprocess.PIPE, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8)))
    assert done.returncode == 4 and b"File too large" in done.stderr
    assert os.listdir(tmp_path) == []
