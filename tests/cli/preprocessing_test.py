"""Preprocessing that options state: --size, --short-side, --crop-pct, --fit, --interpolation, --mean and --std."""
import json

import pytest

import checkpoints
from program import imnet, quick
from small_net import CLASSES, net, record, run, write_pictures  # noqa: F401

OTHERS = {  # each changes the rows of the small net, which states 32 pixels, crop_pct 1, bilinear, mean 0.5 and std 0.25
    "--size": "64", "--short-side": "48", "--crop-pct": "0.5", "--fit": "squash", "--interpolation": "nearest",
    "--mean": "0.485,0.456,0.406", "--std": "0.5",
}


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    """A wide image that is not uniform."""
    path = tmp_path_factory.mktemp("picture") / "a.ppm"
    pixels = bytes((x * y * 7 + channel * 40) % 256 for y in range(40) for x in range(90) for channel in range(3))
    path.write_bytes(b"P6\n90 40\n255\n" + pixels)
    return path


def top(net, picture, *more):  # noqa: F811
    done = imnet("--weights", net, "--format", "jsonl", "-q", "--threads", "1", picture, *more)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)["top"]


@pytest.mark.parametrize("option", OTHERS)
def test_an_option_overrides_what_the_file_states_and_a_line_says_so(net, picture, option):  # noqa: F811
    assert top(net, picture, option, OTHERS[option]) != top(net, picture)
    done = imnet("--weights", net, "--threads", "1", picture, option, OTHERS[option])
    assert (f"imnet: {net}: its own preprocessing is resize 32, crop 32, bilinear, mean 0.5 0.5 0.5, std 0.25 0.25 0.25; "
            f"{option} overrides it\n") in done.stderr.decode()


def test_what_the_file_states_already_changes_nothing(net, picture):  # noqa: F811
    same = ["--size", "32", "--crop-pct", "1", "--fit", "crop", "--interpolation", "bilinear", "--mean", "0.5",
            "--std", " 0.25, 0.25,0.25"]
    assert top(net, picture, *same) == top(net, picture)
    assert b"override" not in imnet("--weights", net, picture, *same).stderr


def test_no_line_where_the_file_states_nothing(tmp_path, picture):
    file = checkpoints.write(tmp_path / "own.safetensors", list(checkpoints.resnet18(CLASSES)))
    done = imnet("--weights", file, picture, "--size", "32", "--mean", "0.5", "--std", "0.25", "--threads", "1")
    assert done.returncode == 0 and b"override" not in done.stderr


def test_stating_all_is_what_the_file_states(tmp_path, net, picture):  # noqa: F811
    file = checkpoints.write(tmp_path / "own.safetensors", list(checkpoints.resnet18(CLASSES)))
    stated = top(file, picture, "--size", "32", "--crop-pct", "1", "--mean", "0.5", "--std", "0.25")
    assert stated == top(net, picture)


def test_pad_shows_the_whole_picture(net, tmp_path):  # noqa: F811
    """The outer thirds are cut off by a crop."""
    def strip(colour):
        rows = bytes(colour) * 30 + bytes([128] * 3) * 30 + bytes(colour) * 30
        (tmp_path / "a.ppm").write_bytes(b"P6\n90 30\n255\n" + rows * 30)
        return tmp_path / "a.ppm"
    for fit, seen in (("crop", False), ("squash", True), ("pad", True)):
        red = top(net, strip([250, 0, 0]), "--fit", fit, "--interpolation", "nearest")
        assert (top(net, strip([0, 0, 250]), "--fit", fit, "--interpolation", "nearest") != red) == seen


@pytest.mark.parametrize("command", [[], ["eval"], ["explain"], ["bench"]], ids=["classify", "eval", "explain", "bench"])
@pytest.mark.parametrize("options, message", [
    (["--size", "31"], "--size 31: it takes a number from 32 to 4096"),
    (["--short-side", "0"], "--short-side 0: it takes a number from 1"),
    (["--crop-pct", "0"], "--crop-pct 0: it takes a number from 0.1 to 10"),
    (["--crop-pct", "nan"], "--crop-pct nan: it takes a number"),
    (["--short-side", "64", "--crop-pct", "1"], "--short-side and --crop-pct contradict each other"),
    (["--short-side", "64", "--fit", "squash"], "--short-side and --fit squash contradict each other"),
    (["--short-side", "64", "--fit", "pad"], "--short-side and --fit pad contradict each other"),
    (["--size", "64", "--test-size"], "--size and --test-size contradict each other"),
    (["--fit", "stretch"], "--fit stretch: it takes crop, squash, pad"),
    (["--interpolation", "cubic"], "it takes nearest, box, bilinear, hamming, bicubic, lanczos"),
    (["--mean", "0.5,0.5"], "--mean 0.5,0.5: it takes one number, or three separated by commas"),
    (["--mean", "0.5,,0.5"], "--mean 0.5,,0.5: it takes one number"),
    (["--mean", "grey"], "--mean grey: it takes one number"),
    (["--mean", "1e60"], "--mean: it takes finite numbers"),
    (["--std", "0"], "--std: it takes finite numbers above 0"),
    (["--std", "0.2,-0.2,0.2"], "--std: it takes finite numbers above 0"),
    (["--std", "inf"], "--std: it takes finite numbers above 0"),
])
def test_errors(command, options, message, net, tmp_path):  # noqa: F811
    paths = {"": ["a.jpg"], "eval": ["pictures"], "explain": ["a.jpg", "-o", tmp_path / "b.png"], "bench": []}
    done = imnet(*command, *paths["".join(command)], "--weights", net, *options)
    error = done.stderr.decode()
    assert done.returncode == 2 and message in error, error
    assert error.startswith("imnet: ") and error.count("\n") == 2


def test_a_short_side_for_a_model_that_squashes_needs_a_fit(tmp_path, picture):
    folder = tmp_path / "squashing"
    folder.mkdir()
    checkpoints.write(folder / "model.safetensors", list(checkpoints.resnet18(CLASSES)))
    (folder / "config.json").write_text(json.dumps({"pretrained_cfg": {
        "input_size": [3, 32, 32], "crop_pct": 1, "crop_mode": "squash"}}))
    done = imnet("--weights", folder, picture, "--short-side", "48")
    assert done.returncode == 2 and "add --fit crop" in done.stderr.decode()
    assert imnet("--weights", folder, picture, "--short-side", "48", "--fit", "crop").returncode == 0


@pytest.mark.parametrize("option", OTHERS)
def test_a_run_with_other_preprocessing_is_not_resumed(net, tmp_path, option):  # noqa: F811
    pictures = write_pictures(tmp_path / "pictures", 2)
    output = tmp_path / "rows.jsonl"
    assert run(net, pictures, "--format", "jsonl", "-o", output).returncode == 0
    then = dict(record(output)["settings"])["preprocessing"]
    done = run(net, pictures, "--format", "jsonl", "-o", output, "--resume", option, OTHERS[option])
    error = done.stderr.decode()
    assert done.returncode == 2 and f"preprocessing was {then}, is " in error, error
    assert run(net, pictures, "--format", "jsonl", "-o", output, "--resume").returncode == 0


def test_eval_counts_with_the_stated_preprocessing(net, tmp_path):  # noqa: F811
    write_pictures(tmp_path / "0", 1)
    done = imnet("eval", tmp_path, "--weights", net, "--format", "json", "--fit", "pad", "--size", "64", "--mean", "0.4")
    assert done.returncode == 0, done.stderr.decode()
    assert "resize long side 64, crop 64, bilinear" in done.stdout.decode()
    assert "--size, --fit, --mean override it" in done.stderr.decode()


def test_explain_shows_what_is_seen(net, picture, tmp_path):  # noqa: F811
    def crop(*options):
        done = imnet("explain", picture, "--weights", net, "-o", tmp_path / "heat.png", "--format", "json",
                     "--occlusion", "--stride", "32", *options)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)["crop"]
    assert crop() == [25.0, 0.0, 40.0, 40.0]
    assert crop("--fit", "squash") == [0.0, 0.0, 90.0, 40.0]
    left, top_, width, height = crop("--fit", "pad")
    assert (left, width) == (0, 90) and top_ < 0 and height > 80
    assert (tmp_path / "heat.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_bench_measures_the_stated_size():
    done = imnet("bench", "--model", "resnet18", "--engine", "onednn", "--precision", "fp32", "--batch", "1", "--format",
                 "json", "--size", "32", "--interpolation", "lanczos", "--threads", "1")
    measured = json.loads(done.stdout)
    assert measured["image_size"] == 32
    assert measured["preprocessing"].startswith("resize 37, crop 32, lanczos, mean 0.485 ")


def test_a_negative_mean_can_be_stated(picture):
    done = quick("--mean=-1,-1,-1", "--size", "32", picture)
    assert done.returncode == 0, done.stderr.decode()
