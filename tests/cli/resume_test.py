"""--resume and --retry-failed: a run that is interrupted at any point ends with the bytes of an uninterrupted one."""
import fcntl
import json
import os
import random
import shutil
import subprocess
import time

import pytest

from failing_disk import failing_disk  # noqa: F401
from program import PROGRAM
from small_net import net, record, run, words, write_pictures  # noqa: F401

FORMATS = ["jsonl", "csv", "tsv"]
COUNT = 200


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return write_pictures(tmp_path_factory.mktemp("inputs") / "pictures", COUNT)


@pytest.fixture(scope="module")
def whole(net, pictures, tmp_path_factory):
    """The output of an uninterrupted run, for each format."""
    folder = tmp_path_factory.mktemp("whole")
    outputs = {}
    for form in FORMATS:
        done = run(net, "--format", form, "-o", folder / form, pictures)
        assert done.returncode == 1
        outputs[form] = (folder / form).read_bytes()
    return outputs


def resume(net, form, output, *more, **environment):
    return run(net, "--format", form, "--resume", "-o", output, *more, **environment)


def start(net, form, output, *more):
    return subprocess.Popen([PROGRAM, *words(net, "--format", form, "--resume", "-o", output, *more)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def size(path):
    return path.stat().st_size if path.exists() else 0


def test_the_record_of_a_run(net, pictures, whole, tmp_path):
    output = tmp_path / "rows.jsonl"
    done = resume(net, "jsonl", output, pictures)
    assert done.returncode == 1 and output.read_bytes() == whole["jsonl"]
    assert sorted(os.listdir(tmp_path)) == ["rows.jsonl", "rows.jsonl.run.json"]
    said = record(output)
    assert said["state"] == "complete" and said["rows"] == COUNT
    assert said["failed"] == whole["jsonl"].count(b'"error":')
    assert said["command"][0] == "imnet" and "--resume" in said["command"]
    assert said["start"] <= said["end"] and said["end"].endswith("Z") and said["images_per_second"] > 0
    settings = said["settings"]
    assert settings["architecture"] == "resnet18" and settings["top"] == "3" and settings["format"] == "jsonl"
    assert "crop 32" in settings["preprocessing"] and settings["precision"] == "fp32"
    sha256 = subprocess.run(["sha256sum", net / "model.safetensors"], capture_output=True, check=True).stdout
    assert settings["weights"] == sha256.split()[0].decode()
    assert len(said["fingerprint"]) == 64


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv", "tsv"])
def test_every_format_gets_a_record(net, pictures, tmp_path, form):
    picture = pictures / "00000.ppm"
    assert run(net, "--format", form, "-o", tmp_path / "rows", picture).returncode == 0
    assert record(tmp_path / "rows")["state"] == "complete"
    assert record(tmp_path / "rows")["settings"]["format"] == form


def test_a_device_gets_no_record(net, pictures):
    assert run(net, "-o", "/dev/null", pictures / "00000.ppm").returncode == 0
    assert not os.path.exists("/dev/null.run.json")


def test_random_weights_are_recorded_by_their_seed(pictures, tmp_path):
    from program import quick
    assert quick("--seed", "3", "-o", tmp_path / "rows", pictures / "00000.ppm").returncode == 0
    assert record(tmp_path / "rows")["settings"]["weights"] == "random, seed 3"


def test_killed_at_twenty_points(net, pictures, whole, tmp_path):
    dice = random.Random(20)
    output = tmp_path / "rows.jsonl"
    expected = whole["jsonl"]
    kills = 0
    while kills < 20:
        process = start(net, "jsonl", output, pictures)
        enough = size(output) + dice.randrange(len(expected) // 20)
        while size(output) <= enough and process.poll() is None:
            time.sleep(0.0005)
        process.kill()
        process.communicate()
        assert expected.startswith(output.read_bytes())  # the last row may be incomplete, but the bytes are right
        kills += 1
        if dice.random() < 0.3:  # after a power failure more rows may be missing, and zeros may follow
            os.truncate(output, dice.randrange(max(1, size(output) - 500), size(output) + 1))
            with open(output, "ab") as file:
                file.write(b"\0" * dice.randrange(3))
    assert resume(net, "jsonl", output, pictures).returncode == 1
    assert output.read_bytes() == expected
    assert record(output)["state"] == "complete" and record(output)["rows"] == COUNT


@pytest.mark.parametrize("form", FORMATS)
def test_resume_after_a_cut_at_any_byte(net, pictures, whole, tmp_path, form):
    dice = random.Random(form)
    output = tmp_path / "rows"
    assert resume(net, form, output, pictures).returncode == 1
    for _ in range(3):
        output.write_bytes(whole[form][: dice.randrange(len(whole[form]))])
        assert resume(net, form, output, pictures).returncode == 1
        assert output.read_bytes() == whole[form]
    output.write_bytes(whole[form][:5])  # in the header
    assert resume(net, form, output, pictures).returncode == 1
    assert output.read_bytes() == whole[form]


def test_a_complete_run_is_not_changed(net, pictures, whole, tmp_path):
    output = tmp_path / "rows.csv"
    assert run(net, "--format", "csv", "-o", output, pictures).returncode == 1
    before = record(output)
    assert resume(net, "csv", output, pictures).returncode == 1
    assert output.read_bytes() == whole["csv"]
    after = record(output)
    for changing in ("command", "directory"):
        before.pop(changing), after.pop(changing)
    assert before == after


def test_other_settings_are_refused_by_name(net, pictures, tmp_path):
    output = tmp_path / "rows.jsonl"
    picture = pictures / "00000.ppm"
    assert resume(net, "jsonl", output, picture).returncode == 0
    rows, record_before = output.read_bytes(), record(output)
    done = run(net, "-k", "2", "--format", "jsonl", "--resume", "--min-prob", "0.25", "-o", output, picture)
    assert done.returncode == 2
    message = done.stderr.decode()
    assert "min_prob was not set, is 0.25; top was 3, is 2" in message and str(output) in message
    assert resume(net, "csv", output, picture).returncode == 2
    assert output.read_bytes() == rows and record(output) == record_before


def test_rows_without_a_record_are_refused(net, pictures, tmp_path):
    output = tmp_path / "rows.jsonl"
    output.write_text("precious")
    done = resume(net, "jsonl", output, pictures)
    assert done.returncode == 2 and b"rows.jsonl.run.json is missing" in done.stderr
    assert output.read_text() == "precious" and os.listdir(tmp_path) == ["rows.jsonl"]
    (tmp_path / "rows.jsonl.run.json").write_text("{}")
    done = resume(net, "jsonl", output, pictures)
    assert done.returncode == 2 and b"not a record of a run" in done.stderr


def test_a_changed_row_is_refused(net, pictures, tmp_path):
    output = tmp_path / "rows.jsonl"
    assert resume(net, "jsonl", output, pictures / "00000.ppm").returncode == 0
    output.write_text("hello\n" + output.read_text())
    done = resume(net, "jsonl", output, pictures)
    assert done.returncode == 2 and b"line 1 is not a jsonl row" in done.stderr
    assert output.read_text().startswith("hello\n")


@pytest.mark.parametrize("wrong, message", [
    (("--resume",), "-o FILE"),
    (("--resume", "-o", "/dev/null", "--format", "csv"), "not a regular file"),
    (("--resume", "-o", "rows"), "jsonl, csv or tsv"),
    (("--resume", "-o", "rows", "--format", "json"), "jsonl, csv or tsv"),
    (("--resume", "-o", "rows", "--is", "cat"), "--is"),
    (("--retry-failed", "-o", "rows", "--format", "csv"), "--resume"),
])
def test_usage(net, pictures, tmp_path, wrong, message):
    done = run(net, *wrong, pictures, cwd=tmp_path)
    assert done.returncode == 2 and message in done.stderr.decode()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("form", FORMATS)
def test_files_that_were_added_or_removed(net, tmp_path, form):
    pictures = write_pictures(tmp_path / "pictures", 40)
    output = tmp_path / "rows"
    assert resume(net, form, output, pictures).returncode == 1
    first = output.read_bytes()
    (pictures / "00003.ppm").unlink()
    write_pictures(pictures, 3, seed=2, first=100)
    shutil.copy(pictures / "00000.ppm", pictures / "00010-new.ppm")
    assert resume(net, form, output, pictures).returncode == 1
    text = output.read_bytes()
    assert text.startswith(first)
    added = text[len(first):].decode()
    names = ["00010-new.ppm", "00100.ppm", "00101.ppm", "00102.ppm"]
    assert [added.count(name) > 0 for name in names] == [True] * 4
    assert added.find(names[0]) < added.find(names[1])
    assert record(output)["rows"] == 44
    assert resume(net, form, output, pictures).returncode == 1  # now all rows are there
    assert output.read_bytes() == text


def test_two_runs_at_once_are_refused(net, pictures, tmp_path):
    output = tmp_path / "rows.jsonl"
    with open(tmp_path / "rows.jsonl.lock", "w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        for words_ in (("--resume",), ()):
            done = run(net, "--format", "jsonl", *words_, "-o", output, pictures)
            assert done.returncode == 4 and b"another run of imnet is writing it" in done.stderr
        assert not output.exists()


@pytest.mark.parametrize("form", FORMATS)
def test_failed_rows_are_replaced_in_place(net, tmp_path, form):
    pictures = write_pictures(tmp_path / "pictures", 40)
    output, expected = tmp_path / "rows", tmp_path / "expected"
    assert resume(net, form, output, pictures).returncode == 1
    old = output.read_bytes()
    for number in (7, 29):  # two of three are repaired
        shutil.copy(pictures / "00000.ppm", pictures / f"{number:05}.ppm")
    assert resume(net, form, output, pictures).returncode == 1
    assert output.read_bytes() == old  # only with --retry-failed
    assert run(net, "--format", form, "-o", expected, pictures).returncode == 1
    assert resume(net, form, output, "--retry-failed", pictures).returncode == 1
    assert output.read_bytes() == expected.read_bytes()
    assert record(output)["failed"] == 1 and record(output)["rows"] == 40
    write_pictures(pictures, 1, first=41)
    shutil.copy(pictures / "00000.ppm", pictures / "00018.ppm")
    assert resume(net, form, output, "--retry-failed", pictures).returncode == 0  # and it continues the run as well
    assert run(net, "--format", form, "-o", expected, pictures).returncode == 0
    assert output.read_bytes() == expected.read_bytes()


def test_a_name_that_is_not_utf8_is_matched(net, pictures, tmp_path):
    folder = os.fsencode(tmp_path) + b"/pictures"
    os.mkdir(folder)
    for name in (b"a.ppm", b"b-\xff.ppm", b"b-\xfe.ppm", b"tab\t,\"\n.ppm", b"z.ppm"):
        shutil.copy(pictures / "00000.ppm", os.path.join(folder, name))
    for form in FORMATS:
        output = tmp_path / form
        assert resume(net, form, output, folder).returncode == 0
        text = output.read_bytes()
        assert record(output)["rows"] == 5
        output.write_bytes(text[: text.rindex(b"tab")])
        assert resume(net, form, output, folder).returncode == 0
        assert output.read_bytes() == text


def test_a_kill_while_rows_are_replaced_keeps_the_old_file(net, tmp_path, failing_disk):
    pictures = write_pictures(tmp_path / "pictures", 20)
    folder = tmp_path / "out"
    folder.mkdir()
    output = folder / "rows.csv"
    assert resume(net, "csv", output, pictures).returncode == 1
    old = output.read_bytes()
    shutil.copy(pictures / "00000.ppm", pictures / "00007.ppm")
    # The second rename; the first is for the record.
    done = resume(net, "csv", output, "--retry-failed", pictures, **failing_disk(folder, "rename", 2))
    assert done.returncode == 4 and b"Input/output error" in done.stderr
    assert output.read_bytes() == old and sorted(os.listdir(folder)) == ["rows.csv", "rows.csv.run.json"]
    assert resume(net, "csv", output, "--retry-failed", pictures).returncode == 1
    assert record(output)["failed"] == 1


@pytest.mark.parametrize("call, at, error", [("write", 2, 5), ("write", 4, 28), ("short", 3, 28), ("fsync", 3, 5), ("rename", 1, 5),
                                             ("rename", 2, 5)])
def test_a_disk_that_fails(net, pictures, whole, tmp_path, failing_disk, call, at, error):
    folder = tmp_path / "out"
    folder.mkdir()
    output = folder / "rows.jsonl"
    done = resume(net, "jsonl", output, pictures, **failing_disk(folder, call, at, error))
    assert done.returncode == 4 and os.strerror(error).encode() in done.stderr
    text = output.read_bytes() if output.exists() else b""
    assert whole["jsonl"].startswith(text) and (text == b"" or text.endswith(b"\n"))
    assert set(os.listdir(folder)) <= {"rows.jsonl", "rows.jsonl.run.json"}
    assert resume(net, "jsonl", output, pictures).returncode == 1
    assert output.read_bytes() == whole["jsonl"]


@pytest.mark.parametrize("call, at", [("write", 1), ("fsync", 1), ("rename", 1)])
def test_a_disk_that_fails_leaves_the_old_output(net, pictures, tmp_path, failing_disk, call, at):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "rows.jsonl").write_text("old")
    done = run(net, "--format", "jsonl", "-o", folder / "rows.jsonl", pictures, **failing_disk(folder, call, at))
    assert done.returncode == 4 and b"Input/output error" in done.stderr
    assert (folder / "rows.jsonl").read_text() == "old" and os.listdir(folder) == ["rows.jsonl"]
