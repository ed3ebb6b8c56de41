"""--sort-into and undo: into folders by class and back, even if the run is killed in between."""
import json
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from program import PROGRAM, SAMPLES, imnet, quick

LABEL = "Greater Swiss Mountain dog"  # the prediction of the random net of seed 0 for all samples


@pytest.fixture
def photos(tmp_path):
    """Four images, two of them with the same name."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    for name in ("chelsea.png", "coffee.png", "rocket.jpg"):
        shutil.copy2(SAMPLES / name, folder / name)
    shutil.copy2(SAMPLES / "coffee.png", folder / "more" / "rocket.jpg")
    return folder


def files(folder):
    """The bytes of every file below, without manifests."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith("imnet-manifest-")}


def sort(photos, into, *words, **more):
    return quick("--format", "jsonl", photos, "--sort-into", into, *words, **more)


def manifests(folder):
    return sorted(folder.glob("imnet-manifest-*.jsonl"))


@pytest.mark.parametrize("by", ["copy", "link", "move"])
def test_sort_and_undo(photos, tmp_path, by):
    before, rows = files(photos), quick("--format", "jsonl", photos).stdout
    done = sort(photos, tmp_path / "sorted", "--by", by)
    assert done.returncode == 0 and done.stdout == rows
    assert files(tmp_path / "sorted") == {
        f"{LABEL}/chelsea.png": before["chelsea.png"], f"{LABEL}/coffee.png": before["coffee.png"],
        f"{LABEL}/rocket.jpg": before["more/rocket.jpg"], f"{LABEL}/rocket-2.jpg": before["rocket.jpg"]}
    assert files(photos) == ({} if by == "move" else before)

    [manifest] = manifests(tmp_path / "sorted")
    assert f"4 sorted into {tmp_path}/sorted; to undo: imnet undo {manifest}" in done.stderr.decode()
    done = imnet("undo", manifest)
    assert done.returncode == 0 and done.stderr.decode() == f"imnet: {manifest}: 4 undone\n"
    assert files(photos) == before
    assert os.listdir(tmp_path / "sorted") == [manifest.name + ".undone"]
    done = imnet("undo", manifest)
    assert done.returncode == 0 and b"undone already" in done.stderr


def test_the_manifest(photos, tmp_path):
    sort(photos, tmp_path / "sorted")
    header, *lines = [json.loads(line) for line in manifests(tmp_path / "sorted")[0].read_text().splitlines()]
    assert header == {"imnet_sort": 1} and len(lines) == 8 and lines[1] == {"done": 1}
    first = lines[0]
    assert first["from"] == str(photos / "chelsea.png") and first["to"] == f"{LABEL}/chelsea.png"
    assert first["by"] == "copy" and first["label"] == LABEL and first["index"] == 238
    assert first["prob"] == json.loads(quick("--format", "jsonl", photos / "chelsea.png").stdout)["top"][0]["prob"]


def test_the_same_command_does_not_sort_again(photos, tmp_path):
    for by in ("copy", "link"):
        into = tmp_path / by
        sort(photos, into, "--by", by)
        sorted_once = files(into)
        done = sort(photos, into, "--by", by)
        assert done.returncode == 0 and f"0 sorted into {into}, 4 were there before\n" in done.stderr.decode()
        assert files(into) == sorted_once and len(manifests(into)) == 1


def test_two_runs_are_undone_together(photos, tmp_path):
    before, into = files(photos), tmp_path / "sorted"
    for folder in (photos / "more", photos):
        assert sort(folder, into, "--by", "move").returncode == 0
    assert len(manifests(into)) == 2 and files(photos) == {}
    assert imnet("undo", *manifests(into)).returncode == 0
    assert files(photos) == before


def test_failed_and_improbable_images_are_not_sorted(photos, tmp_path):
    (photos / "broken.jpg").write_bytes((SAMPLES / "rocket.jpg").read_bytes()[:5000])
    done = sort(photos, tmp_path / "sorted", "--by", "move", "--min-prob", "0.03")
    assert done.returncode == 1 and b"1 of 5 inputs failed" in done.stderr
    assert b"2 sorted" in done.stderr and b"2 not sorted because no class reaches --min-prob" in done.stderr
    assert sorted(files(photos)) == ["broken.jpg", "chelsea.png", "rocket.jpg"]


def test_is_sorts_the_images_that_it_prints(photos, tmp_path):
    done = quick("--is", "tench", photos, "--sort-into", tmp_path / "tenches")
    assert done.returncode == 1 and done.stdout == b"" and not (tmp_path / "tenches").exists()
    done = quick("--is", LABEL, photos / "coffee.png", "--sort-into", tmp_path / "dogs")
    assert done.returncode == 0 and list(files(tmp_path / "dogs")) == [f"{LABEL}/coffee.png"]


def test_the_folder_of_sort_into_is_skipped_when_it_is_inside_an_input(photos):
    before = files(photos)
    for number in range(2):
        rows = sort(photos, photos / "sorted").stdout.decode().splitlines()
        assert len(rows) == 4 and "sorted" not in "".join(rows)
    (photos / "way round").symlink_to(photos / "sorted")
    assert len(sort(photos, photos / "sorted", "--follow").stdout.splitlines()) == 4
    imnet("undo", *manifests(photos / "sorted"))
    assert files(photos) == before


@pytest.mark.parametrize("words, message", [
    (("photos", "--sort-into", "photos"), "photos: the input is inside the folder of --sort-into"),
    (("photos/more", "--sort-into", "photos"), "photos/more: the input is inside the folder of --sort-into"),
    (("photos", "--sort-into", ""), "--sort-into: it takes the name of a folder"),
    (("photos", "--by", "move"), "--by only goes with --sort-into"),
    (("photos", "--sort-into", "sorted", "--by", "magic"), "--by magic: it takes copy, link, move"),
    (("undo",), "nothing to undo"),
    (("undo", "gone.jsonl"), "gone.jsonl: No such file"),
    (("undo", "photos/rocket.jpg"), "photos/rocket.jpg: not a manifest of imnet"),
])
def test_usage(photos, words, message):
    done = imnet(*words, cwd=photos.parent)
    assert done.returncode == 2 and message in done.stderr.decode()
    assert sorted(os.listdir(photos.parent)) == ["photos"]


def test_an_image_on_standard_input_is_always_copied(tmp_path):
    picture = (SAMPLES / "rocket.jpg").read_bytes()
    for by in ("move", "link"):
        done = quick("-", "--sort-into", tmp_path / by, "--by", by, stdin=picture)
        assert done.returncode == 0 and files(tmp_path / by) == {f"{LABEL}/stdin.jpg": picture}
    [manifest] = manifests(tmp_path / "move")
    done = imnet("undo", manifest)  # there is no other file
    assert done.returncode == 1 and b"kept" in done.stderr and len(files(tmp_path / "move")) == 1


def test_a_name_that_is_not_utf8(tmp_path):
    picture = (SAMPLES / "rocket.jpg").read_bytes()
    folder = tmp_path / "photos"
    folder.mkdir()
    name = os.fsencode(folder) + b"/\xff\n.jpg"
    with open(name, "wb") as file:
        file.write(picture)
    sort(folder, tmp_path / "sorted", "--by", "move")
    assert not os.path.exists(name)
    assert os.listdir(os.fsencode(tmp_path / "sorted" / LABEL)) == [b"\xff\n.jpg"]
    assert imnet("undo", *manifests(tmp_path / "sorted")).returncode == 0
    assert os.path.exists(name)


def test_a_symbolic_link_is_not_moved(photos, tmp_path):
    link = tmp_path / "link.jpg"
    link.symlink_to("photos/rocket.jpg")
    done = sort(link, tmp_path / "sorted", "--by", "move")
    assert done.returncode == 1 and b"link.jpg: not sorted: a symbolic link is not moved" in done.stderr
    assert b'"top"' in done.stdout and link.is_symlink()


@pytest.mark.skipif(not os.path.isdir("/dev/shm") or os.stat("/dev/shm").st_dev == os.stat("/tmp").st_dev,
                    reason="no second file system to write to")
def test_between_file_systems(photos):
    into = f"/dev/shm/imnet-test-{os.getpid()}"
    before = files(photos)
    try:
        done = sort(photos, into, "--by", "link")
        assert done.returncode == 4 and b"on another file system: use --by copy" in done.stderr
        assert sort(photos, into, "--by", "move", "-q").returncode == 0 and files(photos) == {}
        assert imnet("undo", *manifests(photos.parent / into)).returncode == 0
        assert files(photos) == before
    finally:
        shutil.rmtree(into, ignore_errors=True)


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 400 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], capture_output=True)
    if done.returncode != 0:
        pytest.skip("no tmpfs can be mounted: " + done.stderr.decode().strip())
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("by", ["copy", "move"])
def test_a_full_disk_ends_the_run_and_loses_nothing(photos, tiny_disk, by):
    before = files(photos)
    done = sort(photos, tiny_disk, "--by", by)
    assert done.returncode == 4 and b"No space left on device: free some space" in done.stderr
    assert list(files(tiny_disk)) == [f"{LABEL}/chelsea.png"]  # there is no room for the next one: no part of it is left
    subprocess.run(["mount", "-o", "remount,size=4m", tiny_disk], check=True)
    assert sort(photos, tiny_disk, "--by", by).returncode == 0
    assert sorted(files(tiny_disk).values()) == sorted(before.values())
    assert imnet("undo", *manifests(tiny_disk)).returncode == 0
    assert files(photos) == before and files(tiny_disk) == {}


@pytest.mark.parametrize("by", ["copy", "move"])
def test_killed_at_random_and_run_again(tmp_path, by):
    """The whole program, killed at random times. unit/sorting/sort_killed_test.cpp does it at every system call."""
    photos, into, count = tmp_path / "photos", tmp_path / "sorted", 30
    photos.mkdir()
    for number in range(count):
        with open(photos / f"{number}.jpg", "wb") as file:  # all files are different
            file.write((SAMPLES / "rocket.jpg").read_bytes() + str(number).encode())
    before, dice = files(photos), random.Random(7)
    killed = 0
    for _ in range(4):
        process = subprocess.Popen([PROGRAM, "--no-weights", "--model", "resnet18", "--batch", "1", "-k1", photos,
                                    "--sort-into", into, "--by", by], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(2 * dice.randrange(10)):  # two lines for each image
            process.stdout.readline()
        time.sleep(dice.random() / 50)
        process.kill()
        process.stdout.close()
        killed += process.wait() == -signal.SIGKILL
        there = list(files(photos).values()) + list(files(into).values() if into.exists() else [])
        assert set(before.values()) <= set(there)
    assert killed >= 2
    assert sort(photos, into, "--by", by).returncode == 0
    assert sorted(files(into).values()) == sorted(before.values())
    assert files(photos) == ({} if by == "move" else before)
    assert imnet("undo", *manifests(into)).returncode == 0
    assert files(photos) == before and files(into) == {}
