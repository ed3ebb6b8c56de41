"""imnet merge: the outputs of all shards become the output of one run, byte for byte."""
import json
import os
import shutil
import tarfile

import pytest

from program import imnet
from small_net import net, record, run, write_pictures  # noqa: F401

FORMATS = ["jsonl", "csv", "tsv"]
COUNT = 60


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = write_pictures(tmp_path_factory.mktemp("inputs") / "pictures", COUNT)
    with tarfile.open(folder / "00030-more.tar", "w") as archive:  # its members are inputs as well
        for number in range(10):
            archive.add(folder / f"{number:05}.ppm", f"member{number}.ppm")
    return folder


def shard(net, pictures, output, index, count, *more, form="jsonl"):
    done = run(net, "--format", form, "--shard", f"{index}/{count}", "-o", output, *more, pictures)
    assert done.returncode in (0, 1), done.stderr  # which shard has the damaged file depends on its hash


@pytest.fixture(scope="module")
def shards(net, pictures, tmp_path_factory):
    """Three shards of a jsonl run."""
    folder = tmp_path_factory.mktemp("shards")
    outputs = [folder / f"{index}.jsonl" for index in (1, 2, 3)]
    for index, output in enumerate(outputs, start=1):
        shard(net, pictures, output, index, 3)
    return outputs


@pytest.fixture
def own_shards(shards, tmp_path):
    """A copy of the three shards, for tests that change them."""
    for output in shards:
        for ending in ("", ".run.json", ".order"):
            shutil.copy(f"{output}{ending}", tmp_path)
    return [tmp_path / output.name for output in shards]


def refusal(*outputs, target):
    done = imnet("merge", *outputs, "-o", target)
    assert done.returncode == 2 and not target.exists()
    assert done.stderr.count(b"\n") == 2  # one line, and that of --help
    return done.stderr.decode()


@pytest.mark.parametrize("form", FORMATS)
def test_merged_shards_equal_one_run(net, pictures, tmp_path, form):
    whole, merged = tmp_path / "whole", tmp_path / "merged"
    assert run(net, "--format", form, "-o", whole, pictures).returncode == 1
    outputs = [tmp_path / f"shard{index}" for index in (1, 2, 3, 4)]
    for index, output in enumerate(outputs, start=1):
        resumes = ("--resume",) if index % 2 == 0 else ()
        shard(net, pictures, output, index, 4, *resumes, form=form)
    done = imnet("merge", *reversed(outputs), "-o", merged)
    assert done.returncode == 0 and done.stderr == b""
    assert merged.read_bytes() == whole.read_bytes()
    one, joined = record(whole), record(merged)
    for key in ("state", "rows", "failed", "settings", "fingerprint", "inputs_sha256", "device", "weights"):
        assert one[key] == joined[key], key
    assert joined["merged"] == [str(output) for output in outputs] and "shard" not in joined
    assert run(net, "--format", form, "--resume", "-o", merged, pictures).returncode == 1  # all rows are there
    assert merged.read_bytes() == whole.read_bytes()


def test_an_interrupted_shard_is_merged_after_it_was_resumed(net, pictures, own_shards, tmp_path):
    first = own_shards[0]
    text = first.read_bytes()
    first.write_bytes(text[: len(text) // 2])
    assert "changed after its run" in refusal(*own_shards, target=tmp_path / "all")
    os.unlink(f"{first}.order")
    shard(net, pictures, first, 1, 3, "--resume")
    assert imnet("merge", *own_shards, "-o", tmp_path / "all").returncode == 0
    assert (tmp_path / "all").read_bytes() == run(net, "--format", "jsonl", pictures).stdout


def test_shards_on_standard_output(net, pictures, shards):
    assert imnet("merge", *shards, "-o", "-").stdout == run(net, "--format", "jsonl", pictures).stdout


def test_missing_and_repeated_shards_are_refused(shards, tmp_path):
    target = tmp_path / "all"
    assert "shard 2/3 is missing" in refusal(shards[0], shards[2], target=target)
    assert "does not go with" in refusal(shards[0], shards[1], shards[0], target=target)
    assert "run.json" in refusal(*shards, tmp_path / "gone", target=target)


def test_another_run_is_refused_by_name(net, pictures, shards, tmp_path):
    other = tmp_path / "other"
    done = run(net, "--format", "jsonl", "-k", "2", "--shard", "2/3", "-o", other, pictures)
    assert done.returncode in (0, 1)
    assert "top was 3, is 2" in refusal(shards[0], other, shards[2], target=tmp_path / "all")
    whole = tmp_path / "whole"
    assert run(net, "--format", "jsonl", "-o", whole, pictures).returncode == 1
    assert "not a shard" in refusal(whole, target=tmp_path / "all")


def test_other_inputs_are_refused(net, pictures, shards, tmp_path):
    fewer = tmp_path / "other" / "pictures"
    shutil.copytree(pictures, fewer)
    other = tmp_path / "other.jsonl"
    shard(net, fewer, other, 2, 3)
    assert "over different inputs" in refusal(shards[0], other, shards[2], target=tmp_path / "all")


def test_an_incomplete_shard_is_refused(own_shards, tmp_path):
    path = tmp_path / "2.jsonl.run.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps({**said, "state": "interrupted"}))
    message = refusal(*own_shards, target=tmp_path / "all")
    assert "2.jsonl: this shard is not complete" in message and "--resume" in message


def test_rows_that_were_changed_are_refused(own_shards, tmp_path):
    with open(own_shards[1], "a") as file:
        file.write('{"path":"more.jpg","top":[]}\n')
    refusal(*own_shards, target=tmp_path / "all")
    assert not (tmp_path / "all.run.json").exists()


def test_text_cannot_be_merged(net, pictures, tmp_path):
    shard(net, pictures, tmp_path / "rows", 1, 1, form="text")
    assert "jsonl, csv and tsv" in refusal(tmp_path / "rows", target=tmp_path / "all")


def test_the_output_must_not_be_a_shard(own_shards):
    done = imnet("merge", *own_shards, "-o", own_shards[0])
    assert done.returncode == 2 and b"one of the shards" in done.stderr


def test_shards_of_changed_inputs_are_refused(net, tmp_path):
    pictures = write_pictures(tmp_path / "pictures", 30)
    output = tmp_path / "rows"
    shard(net, pictures, output, 1, 1, "--resume")
    write_pictures(pictures, 1, first=9999)
    os.rename(pictures / "09999.ppm", pictures / "00000-early.ppm")
    shard(net, pictures, output, 1, 1, "--resume")
    assert "its inputs changed" in refusal(output, target=tmp_path / "all")
