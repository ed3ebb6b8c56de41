"""Archives: tar and zip, whole, cut, damaged and hostile."""
import base64
import gzip
import io
import json
import os
import shutil
import struct
import subprocess
import tarfile
import zipfile
import zlib

import pytest

from program import PROGRAM, SAMPLES, quick
from sources import RED, SHARD, info, message, paths, rows, tar_bytes, write, zip_bytes
from sources import here  # noqa: F401


def compressed(packed, name):
    if name.endswith("gz"):
        return gzip.compress(packed)
    if not name.endswith("zst"):
        return packed
    if not shutil.which("zstd"):
        pytest.skip("zstd is not installed")
    return subprocess.run(["zstd", "-q"], input=packed, capture_output=True, check=True).stdout


@pytest.mark.parametrize("name", ["s.tar", "S.TAR", "s.tar.gz", "s.tgz", "s.tar.zst", "s.tzst"])
def test_tar(name):
    """The ending says that it is an archive, the bytes say which kind: a gzip file named .tar is read, too."""
    write(name, compressed(tar_bytes(SHARD), name))
    expected = [f"{name}/0002.ppm", f"{name}/0001.ppm", f"{name}/a/b.PPM"]
    assert paths(name) == expected
    write(name, gzip.compress(tar_bytes(SHARD)))
    assert paths(name) == expected


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zip(method):
    write("s.zip", zip_bytes(SHARD, method))
    assert paths("s.zip") == ["s.zip/0002.ppm", "s.zip/0001.ppm", "s.zip/a/b.PPM"]


def test_zip_with_sizes_after_the_data():
    class Pipe(io.BytesIO):  # a file without seeking: zipfile writes data descriptors
        def seekable(self):
            return False

        def tell(self):
            raise OSError

    write("s.zip", zip_bytes(SHARD, zipfile.ZIP_DEFLATED, Pipe()))
    assert paths("s.zip") == ["s.zip/0002.ppm", "s.zip/0001.ppm", "s.zip/a/b.PPM"]


def test_members_have_the_predictions_of_their_files():
    photographs = sorted(SAMPLES.glob("*.[jp][pn]g"))
    with tarfile.open("s.tar.gz", "w:gz") as archive, zipfile.ZipFile("s.zip", "w") as packed:
        for photograph in photographs:
            archive.add(photograph, photograph.name)
            packed.write(photograph, photograph.name)

    def labels(*inputs):
        done = quick("--format", "jsonl", *inputs, cwd=os.getcwd())
        assert done.returncode == 0
        return [[(entry["index"], pytest.approx(entry["prob"], rel=1e-4)) for entry in row["top"]]
                for row in map(json.loads, done.stdout.splitlines())]

    assert labels("s.tar.gz") == labels("s.zip") == labels(*photographs)
    assert len(photographs) == 3


def test_tar_on_standard_input():
    for packed in (tar_bytes(SHARD), gzip.compress(tar_bytes(SHARD))):
        assert paths("--tar", "-", stdin=packed) == ["-/0002.ppm", "-/0001.ppm", "-/a/b.PPM"]
    write("s.tar", tar_bytes(SHARD))
    with open("s.tar", "rb") as file:  # a file, not a pipe
        done = subprocess.run([PROGRAM, "--no-weights", "--model", "resnet18", "--format", "csv", "-k1", "--tar", "-"],
                              stdin=file, capture_output=True, check=True)
    assert done.stdout.count(b"\n-/") == 3
    assert message("--tar", "-", stdin=b"") == "format: no tar archive, though it is named as one"
    assert rows("-", stdin=RED) == [("-", None)]


def test_archives_in_folders_are_entered_unless_no_recursive():
    for name in ("shards/b.tar", "shards/deep/a.tgz", "shards/z.zip"):
        write(name, zip_bytes(SHARD[:1]) if name.endswith("zip") else compressed(tar_bytes(SHARD[:1]), name))
    write("shards/b.ppm")
    write("shards/b.tar.ppm")
    write("shards/c.tar/0.ppm")  # a folder may have the name of an archive
    assert paths("shards") == ["shards/b.ppm", "shards/b.tar.ppm", "shards/b.tar/0002.ppm", "shards/c.tar/0.ppm",
                               "shards/deep/a.tgz/0002.ppm", "shards/z.zip/0002.ppm"]
    for words in ((), ("--all",)):
        assert paths("--no-recursive", *words, "shards") == ["shards/b.ppm", "shards/b.tar.ppm"]
    assert paths("--no-recursive", "shards/b.tar") == ["shards/b.tar/0002.ppm"]


def test_members_are_taken_by_their_ending():
    write("s.tar", tar_bytes([("a.txt", b"x"), ("in.tar", tar_bytes(SHARD)), ("a.ppm", RED)]))
    assert rows("s.tar") == [("s.tar/a.ppm", None)]
    assert rows("--all", "s.tar") == [("s.tar/a.txt", "format"), ("s.tar/in.tar", "format"), ("s.tar/a.ppm", None)]
    write("mac.zip", zip_bytes([("a.ppm", RED), ("__MACOSX/._a.ppm", b"fork")]))
    assert rows("mac.zip") == [("mac.zip/a.ppm", None)]
    write("empty.tar", tar_bytes([("a.txt", b"x")]))
    done = quick("empty.tar", cwd=os.getcwd())
    assert done.returncode == 1 and b"empty.tar: no images in this archive" in done.stderr


def test_archives_that_cannot_be_opened():
    write("text.tar", b"I am no archive.\n" * 100)
    write("text.zip", b"I am no archive.\n" * 100)
    write("empty.tar", b"")
    write("twice.tar.gz", gzip.compress(gzip.compress(tar_bytes(SHARD))))
    assert rows("gone.tar", "text.tar", "text.zip", "empty.tar", "twice.tar.gz") == [
        ("gone.tar", "not_found"), ("text.tar", "format"), ("text.zip", "format"), ("empty.tar", "format"),
        ("twice.tar.gz", "format")]
    assert message("twice.tar.gz") == "format: an archive that is compressed twice: unpack it first"
    os.mkdir("folder")
    os.mkfifo("folder/pipe.tar")  # a pipe is not opened
    assert rows("folder") == [("folder/pipe.tar", "io")]


# Damaged and hostile archives

@pytest.mark.parametrize("name", ["s.tar", "s.tar.gz", "s.tar.zst", "s.zip"])
def test_a_cut_archive_gives_its_whole_members_and_one_error(name):
    members = [(f"{i}.ppm", b"P6\n64 64\n255\n" + os.urandom(64 * 64 * 3)) for i in range(20)]
    packed = zip_bytes(members) if name == "s.zip" else compressed(tar_bytes(members), name)
    write(name, packed[: int(len(packed) * 0.7)])
    found = rows(name)
    assert found[-1] == (name, "decode")
    assert [path for path, _ in found[:-1]] == [f"{name}/{i}.ppm" for i in range(len(found) - 1)]
    assert all(kind is None for _, kind in found[:-1]) and 5 <= len(found) <= 16


def test_a_damaged_member_of_a_zip_is_a_row_and_the_others_are_read():
    members = [(f"{i}.ppm", b"P6\n64 64\n255\n" + bytes(range(256)) * 48) for i in range(8)]
    packed = bytearray(zip_bytes(members))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        offsets = [entry.header_offset + 30 + len(entry.filename) for entry in archive.infolist()]
    packed[offsets[2]] = 0xFF  # no deflate stream starts with these bytes
    packed[offsets[5] + 20] ^= 0x55
    write("s.zip", packed)
    assert rows("s.zip") == [(f"s.zip/{i}.ppm", "decode" if i in (2, 5) else None) for i in range(8)]


def test_encrypted_members():
    if not shutil.which("zip"):
        pytest.skip("zip is not installed")
    write("a.ppm")
    write("b.ppm")
    subprocess.run(["zip", "-q", "-P", "secret", "s.zip", "a.ppm"], check=True)
    subprocess.run(["zip", "-q", "s.zip", "b.ppm"], check=True)
    assert rows("s.zip") == [("s.zip/a.ppm", "format"), ("s.zip/b.ppm", None)]
    assert message("s.zip") == "format: encrypted: unpack the archive first"


def test_names_are_shown_as_they_are_stored_and_nothing_is_written():
    names = ["../../up.ppm", "/root.ppm", "./here.ppm", "a//b.ppm", "C:\\dos.ppm"]
    write("s.tar", tar_bytes([(name, RED) for name in names]))
    assert paths("s.tar") == [f"s.tar/{name}" for name in names]
    assert os.listdir() == ["s.tar"]


NFD = "gru\u0308n.ppm"  # u and a combining diaeresis, as macOS writes it


def exact_paths(*words):
    done = quick("-q", "-k1", "--format", "jsonl", *words, cwd=os.getcwd())
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [base64.b64decode(row["path_base64"]) if "path_base64" in row else row["path"].encode() for row in found]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_names_are_exact_in_tar(form):
    long = "x" * 90 + "/" + "y" * 60 + ".ppm"
    names = ["gr\u00fcn.ppm", "\u7dd1.ppm", "\udcff\udcfe.ppm", long, *([] if form == tarfile.PAX_FORMAT else [NFD])]
    write("s.tar", tar_bytes([(name, RED) for name in names], form))
    assert exact_paths("s.tar") == [b"s.tar/" + os.fsencode(name) for name in names]


def test_names_that_are_marked_as_utf8_are_shown_composed():
    """libarchive normalises only names that are marked as UTF-8."""
    for name, packed in (("s.zip", zip_bytes([(NFD, RED)])), ("s.tar", tar_bytes([(NFD, RED)]))):
        write(name, packed)
        assert paths(name) == [f"{name}/gr\u00fcn.ppm"]


def test_names_are_exact_in_zip():
    names = ["gr\u00fcn.ppm", "\u7dd1.ppm"]
    write("s.zip", zip_bytes([(name, RED) for name in names]))
    assert paths("s.zip") == [f"s.zip/{name}" for name in names]
    old = zip_bytes([("gr_n.ppm", RED)]).replace(b"gr_n", b"gr\x81n")  # code page 437, without a mark
    write("old.zip", old)
    assert exact_paths("old.zip") == [b"old.zip/gr\x81n.ppm"]


def test_links_devices_and_folders_in_archives():
    write("s.tar", tar_bytes([
        ("a.ppm", RED),
        (info("hard.ppm", type=tarfile.LNKTYPE, linkname="a.ppm"), b""),
        (info("soft.ppm", type=tarfile.SYMTYPE, linkname="/etc/passwd"), b""),
        (info("pipe.ppm", type=tarfile.FIFOTYPE), b""),
        (info("null.ppm", type=tarfile.CHRTYPE, devmajor=1, devminor=3), b""),
        (info("folder.ppm", type=tarfile.DIRTYPE), b""),
        ("b.ppm", RED)]))
    assert rows("s.tar") == [("s.tar/a.ppm", None), ("s.tar/hard.ppm", "io"), ("s.tar/soft.ppm", "io"),
                             ("s.tar/pipe.ppm", "io"), ("s.tar/null.ppm", "io"), ("s.tar/b.ppm", None)]


def test_holes_in_members_are_zeros():
    if not shutil.which("tar"):
        pytest.skip("tar is not installed")
    with open("black.ppm", "wb") as file:
        file.write(b"P6\n1000 1000\n255\n")
        file.truncate(17 + 3_000_000)
    for form in ("gnu", "pax"):
        subprocess.run(["tar", f"--format={form}", "-cSf", "s.tar", "black.ppm"], check=True)
        assert os.path.getsize("s.tar") < 1_000_000
        assert paths("s.tar") == ["s.tar/black.ppm"]


GIANT = 10 << 30


def giant_tar_gz(name):
    """10 GiB of zeros in a tar.gz of about 10 MB: compressed once and repeated, as gzip allows."""
    zeros = gzip.compress(bytes(64 << 20))
    header = tarfile.TarInfo.tobuf(info(name, GIANT), tarfile.GNU_FORMAT)
    return (gzip.compress(tar_bytes([("a.ppm", RED)])[:1024] + header) + zeros * (GIANT // (64 << 20))
            + gzip.compress(tar_bytes([("b.ppm", RED)])))


@pytest.mark.parametrize("name", ["giant.ppm", "giant.bin"])
def test_a_bomb_ends_its_archive(name):
    """It has to be inflated to reach the next member, even if it is not named like an image. It must not take 10 GiB."""
    write("s.tar.gz", giant_tar_gz(name))
    found = rows("s.tar.gz", timeout=120)
    assert found == [("s.tar.gz/a.ppm", None), *([("s.tar.gz/giant.ppm", "limits")] if "ppm" in name else []),
                     ("s.tar.gz", "limits")]


def test_a_large_member_is_skipped_without_reading_it():
    with open("s.tar", "wb") as file:  # a sparse file, which takes no 10 GiB of disk
        file.write(tar_bytes([("a.ppm", RED)])[:1024])
        for name in ("giant.ppm", "giant.bin"):
            file.write(tarfile.TarInfo.tobuf(info(name, GIANT), tarfile.GNU_FORMAT))
            file.seek(GIANT, os.SEEK_CUR)
        file.write(tar_bytes([("b.ppm", RED)]))
    assert rows("s.tar", timeout=120) == [("s.tar/a.ppm", None), ("s.tar/giant.ppm", "limits"), ("s.tar/b.ppm", None)]


def test_a_zip_bomb_is_not_inflated():
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = deflater.compress(bytes(64 << 20)) + deflater.flush(zlib.Z_FULL_FLUSH)
    data = block * (GIANT // (64 << 20)) + deflater.flush()
    with zipfile.ZipFile("s.zip", "w") as archive:
        archive.writestr("a.ppm", RED)
        for name in ("giant.ppm", "lies.ppm", "giant.bin"):
            entry = zipfile.ZipInfo(name)
            archive.writestr(entry, data)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.file_size = 1000 if name == "lies.ppm" else GIANT
        archive.writestr("b.ppm", RED)
    packed = open("s.zip", "rb").read()
    for name in (b"giant.ppm", b"lies.ppm", b"giant.bin"):  # the local header says "stored"; the directory is right
        at = packed.index(b"PK\3\4", packed.index(name) - 30)
        packed = packed[: at + 8] + struct.pack("<H", 8) + packed[at + 10:]
    write("s.zip", packed)
    found = rows("s.zip", timeout=120)
    assert found[:2] == [("s.zip/a.ppm", None), ("s.zip/giant.ppm", "limits")]
    assert found[2][0] == "s.zip/lies.ppm" and found[2][1] in ("limits", "decode")
    assert found[3:] == [("s.zip/b.ppm", None)]


def compressed_tar(tmp_path, ending, count=2):
    """A tar of this kind of compression, with so many images, and its path."""
    mode = {"tar.gz": "w:gz", "tgz": "w:gz", "tar.bz2": "w:bz2", "tbz2": "w:bz2", "tar.xz": "w:xz", "txz": "w:xz"}[ending]
    path = tmp_path / f"photos.{ending}"
    with tarfile.open(path, mode) as archive:
        for i in range(count):
            archive.add(SAMPLES / "rocket.jpg", f"{i}.jpg")
    return path


@pytest.mark.parametrize("ending", ["tar.gz", "tgz", "tar.bz2", "tbz2", "tar.xz", "txz"])
def test_compressed_tars_are_entered_and_read_to_their_end(tmp_path, ending):
    path = compressed_tar(tmp_path, ending)
    done = quick("--format", "jsonl", tmp_path)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 2, done.stderr
    data = path.read_bytes()
    for damaged, why in ((data[:-6], "damaged archive: "), (data[:-6] + bytes([data[-6] ^ 1]) + data[-5:], "damaged archive: ")):
        path.write_bytes(damaged)
        done = quick("--format", "jsonl", path)
        *_, last = map(json.loads, done.stdout.splitlines())
        assert done.returncode == 1 and last["path"] == str(path), last
        assert last["error"]["kind"] == "decode" and last["error"]["message"].startswith(why)


def test_gzip_members_and_what_follows_them_count_as_gzip_counts_them(tmp_path):
    path = compressed_tar(tmp_path, "tar.gz")
    tar = gzip.decompress(path.read_bytes())
    half = len(tar) // 2
    members = gzip.compress(tar[:half]) + gzip.compress(tar[half:])
    path.write_bytes(members)
    assert quick(path).returncode == 0
    path.write_bytes(members + bytes(512))
    assert quick(path).returncode == 0
    wrong = len(gzip.compress(tar[:half])) - 6  # in the first checksum
    path.write_bytes(members[:wrong] + bytes([members[wrong] ^ 1]) + members[wrong + 1:])
    done = quick("--format", "jsonl", path)
    assert done.returncode == 1 and "checksum is wrong" in json.loads(done.stdout.splitlines()[-1])["error"]["message"]
