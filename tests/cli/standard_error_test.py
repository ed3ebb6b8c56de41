"""What is printed on standard error is for people: where it cannot be written, every command writes the same and exits
with the same status."""
import os
import re
import shutil
import subprocess

import pytest

import class_folders
from commands import COMMANDS
from program import PROGRAM, SAMPLES
from small_net import net, write_pictures  # noqa: F401

RANDOM = ["--no-weights", "--model", "resnet18"]
SHORT = ["--scratch", "--model", "resnet18", "--size", "32", "--threads", "1", "--device", "cpu", "--batch", "16",
         "--epochs", "1"]

# The words of a run of each command, in a folder with pictures/, classes/, net.safetensors and shards. Most runs have
# something to say.
RUNS = {
    (): ["--weights", "net", "--progress", "always", "--format", "jsonl", "-o", "rows", "pictures", "gone.jpg"],
    ("eval",): ["classes", "--weights", "trained", "--progress", "always", "--format", "csv", "-o", "table"],
    ("finetune",): ["classes", "-o", "new.safetensors", "--progress", "always", *SHORT],
    ("explain",): ["picture.jpg", "--weights", "net", "-o", "heat.png"],
    ("models",): ["resnet18"],
    ("summary",): RANDOM,
    ("bench",): [*RANDOM, "--engine", "onednn", "--precision", "fp32", "--batch", "1"],
    ("merge",): ["1.jsonl", "2.jsonl", "-o", "merged"],
    ("undo",): ["manifest"],
    ("weights", "fetch"): ["--model", "resnet18", "--url", "http://127.0.0.1:9/none.pth"],
    ("weights", "path"): ["--model", "resnet18"],
    ("weights", "verify"): ["--model", "resnet18"],
    ("weights", "inspect"): ["net"],
    ("weights", "convert"): ["net", "-o", "converted"],
}
TIMES = re.compile(rb'"(?:start|end|images_per_second)":[^\n]*')
FIGURES = re.compile(rb"[\d. ]+")


@pytest.fixture(scope="module")
def material(net, tmp_path_factory):
    """The folder in which each run starts."""
    folder = tmp_path_factory.mktemp("material")
    write_pictures(folder / "pictures", 24)
    class_folders.write(folder / "classes", count=4)
    shutil.copytree(net, folder / "net")
    shutil.copy(SAMPLES / "rocket.jpg", folder / "picture.jpg")
    for words in (["finetune", "classes", "-o", "trained", *SHORT],
                  *(["--weights", "net", "--format", "jsonl", "--shard", f"{i}/2", "-o", f"{i}.jsonl", "pictures"]
                    for i in (1, 2)),
                  ["--weights", "net", "--sort-into", "sorted", "pictures"]):
        subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True)
    [manifest] = (folder / "sorted").glob("*.jsonl")
    manifest.rename(folder / "manifest")
    return folder


def outcome(material, folder, words, standard_error):
    """The exit status, standard output without figures, and all files that a run leaves, without times."""
    shutil.copytree(material, folder)
    nothing = os.path.join(folder, "no-cache")
    done = subprocess.run([PROGRAM, *words], cwd=folder, stdout=subprocess.PIPE, timeout=300, **standard_error,
                          env={**os.environ, "IMNET_CACHE": nothing, "TORCH_HOME": nothing, "HF_HUB_CACHE": nothing})
    files = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    shutil.rmtree(folder)
    return done.returncode, FIGURES.sub(b"", done.stdout), {
        name: re.sub(rb"[\d.]+\n", b"", data) if name == "new.safetensors.csv" else TIMES.sub(b"", data)
        for name, data in files.items()}


def pipe_without_a_reader():
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "wb")


def test_every_command_has_a_run():
    assert set(RUNS) == set(COMMANDS)


@pytest.mark.parametrize("command", RUNS, ids=lambda command: "-".join(command) or "classify")
def test_the_same_is_written_where_standard_error_is_not(command, material, tmp_path):
    words = [*command, *RUNS[command]]
    expected = outcome(material, tmp_path / "run", words, {"stderr": subprocess.DEVNULL})
    assert expected[0] in (0, 1, 3, 4)
    with open("/dev/full", "wb") as full:
        for standard_error in ({"stderr": full}, {"preexec_fn": lambda: os.close(2)}):
            if command == ("bench",) and "stderr" in standard_error:
                continue  # a measurement takes many seconds
            assert outcome(material, tmp_path / "run", words, standard_error) == expected, standard_error


@pytest.mark.parametrize("words, status", [
    (["--no-such-option"], 2), (["--weights", "gone.pth", "picture.jpg"], 3),
    ([*RANDOM, "-o", "no/such/folder", "picture.jpg"], 4), ([*RANDOM, "gone.jpg"], 1)])
def test_the_exit_status_of_an_error(words, status, material):
    with open("/dev/full", "wb") as full, pipe_without_a_reader() as nobody:
        for standard_error in ({"stderr": full}, {"stderr": nobody}, {"preexec_fn": lambda: os.close(2)}):
            done = subprocess.run([PROGRAM, *words], cwd=material, stdout=subprocess.DEVNULL, **standard_error)
            assert done.returncode == status


def test_a_training_goes_on_where_its_table_is_not_read(material, tmp_path):
    """FILE.csv has the rows of the table that finetune prints."""
    with pipe_without_a_reader() as nobody:
        done = subprocess.run([PROGRAM, "finetune", "classes", "-o", tmp_path / "new", *SHORT], cwd=material,
                              stdout=nobody, stderr=subprocess.PIPE)
    assert done.returncode == 0 and (tmp_path / "new").stat().st_size > 0
    assert len((tmp_path / "new.csv").read_text().splitlines()) == 2


@pytest.mark.parametrize("words", [["--format", "jsonl", "picture.jpg"], ["--files-from", "-"]])
def test_messages_never_go_into_a_file_of_the_run(words, material, tmp_path):
    """Without standard input, output and error, files get other numbers than theirs."""
    output = tmp_path / "rows"
    more = ["gone.jpg"] if "picture.jpg" in words else []
    subprocess.run([PROGRAM, *RANDOM, "-o", output, *words, *more], cwd=material,
                   preexec_fn=lambda: [os.close(number) for number in (0, 1, 2)], timeout=60)
    assert not output.exists() or b"imnet:" not in output.read_bytes()


def test_standard_output_that_is_closed_is_status_4(material):
    for words in (["--version"], ["models"], [*RANDOM, "picture.jpg"]):
        done = subprocess.run([PROGRAM, *words], cwd=material, stderr=subprocess.PIPE, preexec_fn=lambda: os.close(1))
        assert done.returncode == 4 and b"standard output: Bad file descriptor" in done.stderr
