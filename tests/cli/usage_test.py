"""A wrong command line gives exit status 2 and one line with a hint."""
import pytest

from commands import COMMANDS, options_of
from program import imnet, quick


@pytest.mark.parametrize("words, message", [
    ((), "nothing to classify"),
    (("--formt", "json", "a.jpg"), "there is no option --formt: did you mean --format?"),
    (("--format", "xml", "a.jpg"), "--format xml: it takes text, json, jsonl, csv, tsv"),
    (("--top", "0", "a.jpg"), "--top 0: it takes a number from 1"),
    (("--top", "many", "a.jpg"), "--top"),
    (("--top",), "--top"),
    (("--threads", "-1", "a.jpg"), "--threads -1"),
    (("--min-prob", "1.5", "a.jpg"), "--min-prob"),
    (("--min-prob", "nan", "a.jpg"), "--min-prob"),
    (("--device", "gpu", "a.jpg"), "--device gpu: it takes auto, cpu, cuda or cuda:N"),
    (("--model", "resnet5O", "a.jpg"), "resnet50"),
    (("--no-weights", "--weights", "x.pth", "a.jpg"), "contradict"),
    (("--model", "resnet18", "--weights", "resnet50.a1_in1k", "a.jpg"), "contradict"),
    (("explain", "a.jpg", "-o", "b.png", "--size", "96", "--test-size"), "contradict"),
    (("--no-weights", "--test-size", "a.jpg"), "only one size of resnet50 is known"),
    (("--seed", "1", "a.jpg"), "--no-weights"),
    (("--no-weights", "--is", "tabbi", "a.jpg"), "similar: tabby"),
    (("--no-weights", "--is", "tabby", "--format", "json", "a.jpg"), "--is"),
    (("models", "--top", "3"), "'imnet models' takes no option --top"),
    (("merge", "-k3"), "'imnet merge' takes no option -k"),
    (("--val", "pictures", "a.jpg"), "'imnet' takes no option --val"),
    (("summary", "a.jpg"), "takes no arguments"),
    (("weights",), "weights path"),
    (("--resume", "a.jpg"), "-o FILE"),
    (("merge", "a.jsonl"), "-o FILE"),
    (("merge", "-o", "all.jsonl"), "outputs of all shards"),
])
def test_usage(words, message):
    done = imnet(*words)
    error = done.stderr.decode()
    assert done.returncode == 2, error
    assert done.stdout == b""
    assert message in error
    assert error.startswith("imnet: ") and "Try 'imnet --help'." in error


@pytest.mark.parametrize("words", COMMANDS)
def test_an_option_of_other_commands_is_refused_by_the_commands_name(words):
    foreign = sorted(set().union(*(options_of(other) for other in COMMANDS)) - options_of(words))
    name = " ".join(("imnet", *words))
    for option in foreign:
        error = imnet(*words, option).stderr.decode()
        assert error == f"imnet: '{name}' takes no option {option}\nTry 'imnet --help'.\n"


def test_a_file_named_like_a_command_can_be_given_with_its_folder(tmp_path):
    done = quick("./models", cwd=tmp_path)
    assert done.returncode == 1 and b"./models\n" in done.stdout and b"not_found" in done.stdout


def test_words_after_two_dashes_are_paths(tmp_path):
    done = quick("--", "--help", cwd=tmp_path)
    assert done.returncode == 1 and done.stdout.startswith(b"--help\n")


def test_the_last_of_a_repeated_option_counts():
    done = quick("-k", "5", "--top", "1", "samples/rocket.jpg")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 2


def test_options_may_follow_paths():
    assert quick("samples/rocket.jpg", "-k1").stdout == quick("-k1", "samples/rocket.jpg").stdout


def test_more_threads_than_cores_are_reduced_with_a_message():
    done = quick("--threads", "60000", "samples/rocket.jpg")
    assert done.returncode == 0 and b"this process may use" in done.stderr
