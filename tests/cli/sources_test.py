"""Inputs: folders, lists, standard input, and shards."""
import hashlib
import io
import json
import os
import subprocess
import zipfile

import pytest

from program import PROGRAM, SAMPLES, imnet, quick
from sources import RED, SHARD, message, paths, rows, tar_bytes, write, zip_bytes
from sources import here  # noqa: F401


def test_inputs_of_all_kinds_come_in_the_order_in_which_they_are_named():
    for name in ("a.ppm", "b.ppm", "c.ppm", "d.ppm", "folder/e.ppm", "listed/g.ppm"):
        write(name)
    write("s.tar", tar_bytes(SHARD))
    write("list.txt", b"d.ppm\n\nlisted\ns.tar\ngone.ppm\n")
    assert rows("c.ppm", "folder", "--files-from", "list.txt", "a.ppm", "--", "b.ppm") == [
        ("c.ppm", None), ("folder/e.ppm", None), ("d.ppm", None), ("listed/g.ppm", None),
        ("s.tar/0002.ppm", None), ("s.tar/0001.ppm", None), ("s.tar/a/b.PPM", None), ("gone.ppm", "not_found"),
        ("a.ppm", None), ("b.ppm", None)]


def test_a_list_on_standard_input():
    write("a b.ppm")
    write("new\nline.ppm")
    assert paths("--files-from", "-", stdin=b"a b.ppm") == ["a b.ppm"]
    assert paths("-0", "--files-from", "-", stdin=b"new\nline.ppm\0\0a b.ppm\0") == ["new\nline.ppm", "a b.ppm"]
    assert rows("--files-from", "-", stdin=b"") == []
    assert message("--files-from", "-", stdin=b"-\n") == "io: standard input is already read as the list of paths"


def test_lists_from_other_systems():
    """A carriage return before the newline and a byte order mark are not part of a path, unless -0 is given."""
    write("a.ppm")
    write("b.ppm\r")
    assert paths("--files-from", "-", stdin=b"\xef\xbb\xbfa.ppm\r\na.ppm\r\n\r\n") == ["a.ppm", "a.ppm"]
    assert paths("-0", "--files-from", "-", stdin=b"b.ppm\r\0") == ["b.ppm\r"]


def test_files_that_are_no_list():
    write("a.ppm")
    assert rows("--files-from", "-", stdin=b"a.ppm\0b.ppm\0") == [("a.ppm", "not_found")]
    [(path, kind)] = rows("--files-from", "-", stdin=b"x" * 10_000_000)
    assert kind == "io" and len(path) == 65536
    for name, reason in (("gone.txt", b"No such file"), (".", b"it is a folder")):
        done = quick("--files-from", name, cwd=os.getcwd())
        assert done.returncode == 2 and reason in done.stderr


def test_rows_come_while_the_list_is_still_written():
    write("a.ppm")
    process = subprocess.Popen(
        [PROGRAM, "--no-weights", "--model", "resnet18", "-q", "--threads", "1", "--batch", "1", "--format", "tsv",
         "-k1", "--files-from", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdin.write(b"a.ppm\n")
    process.stdin.flush()
    assert process.stdout.readline().startswith(b"path\t")
    assert process.stdout.readline().startswith(b"a.ppm\t")
    process.stdin.close()
    process.stdout.close()
    assert process.wait() == 0


@pytest.mark.parametrize("words, reason", [
    (("-0", "a.jpg"), "--null only goes with --files-from"),
    (("--tar", "a.jpg"), "--tar: give - as an input, too"),
    (("-", "--files-from", "-"), "standard input cannot be both"),
    *((("--shard", shard, "a.jpg"), f"--shard {shard}: it takes I/N") for shard in
      ("0/4", "5/4", "a/b", "1", "1/", "/1", "1/0", "+1/4", "1/4x", "-1/4", " 1/4", "1/99999999999")),
])
def test_usage(words, reason):
    done = imnet("--no-weights", *words)
    assert done.returncode == 2 and reason in done.stderr.decode()


# Shards

def shard_of(path, count):
    return int.from_bytes(hashlib.sha256(os.fsencode(path)).digest()[:8], "big") % count + 1


def test_shards_are_a_partition_by_sha256():
    for i in range(20):
        write(f"folder/{i}.ppm")
    write("s.tar", tar_bytes([(f"{i}.ppm", RED if i % 7 else b"cut") for i in range(20)]))
    write("broken.tar", tar_bytes(SHARD)[:700])
    inputs = ("folder", "gone.ppm", "s.tar", "broken.tar", "gone.tar", "-")
    whole = rows(*inputs, stdin=RED)
    assert len(whole) == 44
    parts = [rows("--shard", f"{i}/3", *inputs, stdin=RED) for i in (1, 2, 3)]
    for i, part in enumerate(parts, 1):
        assert part == [row for row in whole if shard_of(row[0], 3) == i]
    assert sum(map(len, parts)) == len(whole)


def test_every_shard_of_a_damaged_zip_continues_after_the_damage():
    members = [(f"{i}.ppm", b"P6\n64 64\n255\n" + bytes(range(256)) * 48) for i in range(12)]
    packed = bytearray(zip_bytes(members))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        packed[archive.infolist()[3].header_offset + 30 + len("3.ppm")] = 0xFF
    write("s.zip", packed)
    whole = rows("s.zip")
    parts = [rows("--shard", f"{i}/2", "s.zip") for i in (1, 2)]
    assert len(whole) == 12 and sorted(parts[0] + parts[1]) == sorted(whole)


# Lists and images that cannot be read

def test_a_list_in_utf_16_is_named():
    """PowerShell's > writes such lists."""
    write("a.ppm")
    for name, text in (("bom.txt", "\ufeffa.ppm\r\nb.ppm\r\n".encode("utf-16-le")),
                       ("big.txt", "\ufeffa.ppm\n".encode("utf-16-be")),
                       ("empty-line.txt", "\ufeff\r\na.ppm\r\n".encode("utf-16-le")),
                       ("without.txt", "a.ppm\n".encode("utf-16-le")), ("without-big.txt", "a.ppm\n".encode("utf-16-be"))):
        write(name, text)
        done = quick("--files-from", name, cwd=os.getcwd())
        assert done.returncode == 2 and done.stdout == b""
        assert f"--files-from {name}: the list is in UTF-16".encode() in done.stderr and b"iconv" in done.stderr


def test_standard_input_that_is_closed():
    for words, status, stream in ((["-"], 1, "stdout"), (["--tar", "-"], 1, "stdout"), (["--files-from", "-"], 2, "stderr"),
                                  (["explain", "-", "-o", "x.png"], 1, "stderr")):
        words = [*words, "--no-weights", "--model", "resnet18"]
        done = subprocess.run([PROGRAM, *words], capture_output=True, timeout=60, preexec_fn=lambda: os.close(0))
        assert done.returncode == status and b"standard input is closed" in getattr(done, stream)


def peak_memory(*words):
    """Of a run, in kilobytes, and its rows."""
    with subprocess.Popen([PROGRAM, "--no-weights", "--model", "resnet18", "--format", "jsonl", *words],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        rows = running.stdout.read()
        _, _, usage = os.wait4(running.pid, 0)
        running.returncode = 0
    return usage.ru_maxrss, rows


def test_a_large_file_that_is_no_picture_is_not_read(tmp_path):
    small, large = tmp_path / "small.bin", tmp_path / "large.bin"
    small.write_bytes(bytes(1000))
    with open(large, "wb") as file:
        file.truncate(900_000_000)
    expected, first = peak_memory(small)
    seen, second = peak_memory(large)
    assert json.loads(first)["error"] == json.loads(second)["error"]
    assert seen < expected + 50_000


def test_a_picture_is_read_into_one_buffer(tmp_path):
    """Whatever follows it in its file."""
    picture = (SAMPLES / "rocket.jpg").read_bytes()
    small, large = tmp_path / "small.jpg", tmp_path / "large.jpg"
    small.write_bytes(picture)
    large.write_bytes(picture)
    os.truncate(large, 300_000_000)
    expected, first = peak_memory(small)
    seen, second = peak_memory(large)
    assert json.loads(first)["top"] == json.loads(second)["top"]
    assert seen < expected + 350_000
