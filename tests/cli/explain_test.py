"""imnet explain, with a net whose classes are colours, so that the right heat is known."""
import array
import io
import json
import struct

import pytest

import checkpoints
from program import SAMPLES, imnet

Image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")

SIDE = 128  # the last feature maps have 4×4 cells


def colour_net(folder):
    """A ResNet-18 whose channels measure how red, green and blue a place is. Its classes are the averages of the channels.
    The residual branches are zero, so the shortcuts carry the three channels to the end."""
    weights = {"fc.weight": {0 * 512 + 0: 10, 1 * 512 + 1: 10, 2 * 512 + 2: 10}}
    middle = 3 * 7 + 3
    weights["conv1.weight"] = {(channel * 3 + colour) * 49 + middle: 1 if colour == channel else -0.5
                               for channel in range(3) for colour in range(3)}
    weights["bn1.weight"] = {channel: 1 for channel in range(3)}
    for layer, inputs in ((2, 64), (3, 128), (4, 256)):
        weights[f"layer{layer}.0.downsample.0.weight"] = {channel * inputs + channel: 1 for channel in range(3)}
        weights[f"layer{layer}.0.downsample.1.weight"] = {channel: 1 for channel in range(3)}
    header, chunks, offset = {}, [], 0
    for name, shape in checkpoints.resnet18(3):
        count = 1
        for size in shape:
            count *= size
        values = array.array("f", bytes(4 * count))
        if name.endswith("running_var"):
            values = array.array("f", [1.0] * count)
        for place, value in weights.get(name, {}).items():
            values[place] = value
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + 4 * count]}
        chunks.append(values.tobytes())
        offset += 4 * count
    text = json.dumps(header).encode()
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))
    (folder / "config.json").write_text(json.dumps({"pretrained_cfg": {
        "input_size": [3, SIDE, SIDE], "crop_pct": 1, "interpolation": "bilinear",
        "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}}))


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    """The options that select the net."""
    folder = tmp_path_factory.mktemp("explain")
    colour_net(folder / "colours")
    (folder / "names.txt").write_text("red\ngreen\nblue\n")
    return ["--weights", folder / "colours", "--labels", folder / "names.txt", "-q"]


def picture(path, size, *patches, orientation=None):
    """A grey image with coloured patches: (colour, left, top, side)."""
    image = Image.new("RGB", size, (128, 128, 128))
    for colour, left, top, side in patches:
        image.paste(colour, (left, top, left + side, top + side))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    image.save(path, exif=exif)
    return path


def explain(net, path, output, *more):
    done = imnet("explain", *net, path, "-o", output, "--format", "json", *more)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout), Image.open(output)


def luma(image, place):
    return image.convert("L").getpixel((int(place[0]), int(place[1])))


OCCLUSION = ["--occlusion", "--patch", "56", "--stride", "16"]


@pytest.mark.parametrize("method", [[], OCCLUSION, [*OCCLUSION, "--engine", "torch", "--batch", "3"]],
                         ids=["grad-cam", "occlusion", "occlusion with torch"])
def test_the_heat_is_where_the_class_is(net, tmp_path, method):
    path = picture(tmp_path / "two.png", (SIDE, SIDE), ("red", 0, 64, 64), ("blue", 64, 0, 64))
    for name, left, top in (("red", 0, 64), ("blue", 64, 0)):
        told, shown = explain(net, path, tmp_path / "heat.png", "--class", name, *method)
        assert told["class"]["label"] == name
        x, y = told["hottest"]
        assert left <= x <= left + 64 and top <= y <= top + 64
        assert shown.size == (SIDE, SIDE) and shown.mode == "RGB" and shown.format == "PNG"
        other = (96, 32) if name == "red" else (32, 96)
        assert luma(shown, (x, y)) > luma(shown, other) + 80


@pytest.mark.parametrize("method", [[], OCCLUSION], ids=["grad-cam", "occlusion"])
@pytest.mark.parametrize("size, place, orientation", [
    ((256, 128), (96, 32), None),  # landscape, in pixels of the upright image
    ((128, 256), (32, 96), None),  # portrait
    ((128, 256), (32, 96), 6),     # portrait, stored rotated by 90°
    ((256, 128), (96, 32), 3),     # upside down
])
def test_places_are_those_of_the_upright_photograph(net, tmp_path, method, size, place, orientation):
    upright = Image.new("RGB", size, (128, 128, 128))
    upright.paste("red", (*place, place[0] + 64, place[1] + 64))
    turn_back = {None: None, 6: Image.Transpose.ROTATE_90, 3: Image.Transpose.ROTATE_180}[orientation]
    stored = upright if turn_back is None else upright.transpose(turn_back)
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    stored.save(tmp_path / "a.png", exif=exif)

    told, shown = explain(net, tmp_path / "a.png", tmp_path / "heat.png", *method)
    assert told["class"]["label"] == "red"
    assert (told["width"], told["height"]) == size == shown.size
    assert told["crop"] == [(size[0] - SIDE) / 2, (size[1] - SIDE) / 2, SIDE, SIDE]
    x, y = told["hottest"]
    assert place[0] <= x <= place[0] + 64 and place[1] <= y <= place[1] + 64
    assert luma(shown, told["hottest"]) > 150
    assert len(set(shown.getpixel((0, 0)))) == 1 and luma(shown, (0, 0)) < 60  # outside the crop


def test_both_methods_find_nothing_for_a_class_that_is_not_there(net, tmp_path):
    path = picture(tmp_path / "a.png", (SIDE, SIDE), ("red", 32, 32, 64))
    for method in ([], OCCLUSION):
        done = imnet("explain", *net, path, "-o", tmp_path / "heat.png", "--class", "GREEN", *method)
        assert done.returncode == 0
        assert done.stdout.decode().splitlines()[2] == "  no heat: no single part speaks for it"
        told, _ = explain(net, path, tmp_path / "heat.png", "--class", "1", *method)
        assert told["hottest"] is None and not any(map(any, told["heat"]))


def test_the_text_row(net, tmp_path):
    path = picture(tmp_path / "a.png", (SIDE, SIDE), ("blue", 32, 32, 64))
    done = imnet("explain", *net, path, "-o", tmp_path / "heat.png")
    assert done.returncode == 0 and done.stderr == b""
    first, second, third = done.stdout.decode().splitlines()
    assert first == str(path)
    assert second.endswith("%  blue")
    assert third.startswith("  hottest at 48, 48, centred at ") and third.endswith(" of 128 × 128 pixels")


def test_patch_and_stride(net, tmp_path):
    path = picture(tmp_path / "a.png", (SIDE, SIDE), ("red", 0, 0, SIDE))
    told, _ = explain(net, path, tmp_path / "heat.png", "--occlusion", "--stride", "60", "--patch", "128")
    assert len(told["heat"]) == len(told["heat"][0]) == 3
    fine, _ = explain(net, path, tmp_path / "heat.png", "--occlusion", "--stride", "60", "--patch", "16")
    assert sum(map(sum, fine["heat"])) < sum(map(sum, told["heat"])) / 4


def test_a_larger_size_has_finer_heat(net, tmp_path):
    path = picture(tmp_path / "a.png", (SIDE, SIDE), ("red", 32, 32, 64))
    told, shown = explain(net, path, tmp_path / "heat.png", "--size", "256")
    assert len(told["heat"]) == len(told["heat"][0]) == 8 and shown.size == (SIDE, SIDE)
    assert all(32 <= place <= 96 for place in told["hottest"])
    done = imnet("explain", *net, path, "-o", tmp_path / "heat.png", "--size", "16")
    assert done.returncode == 2 and "--size 16" in done.stderr.decode()


def test_a_message_says_that_weak_heat_means_little(net, tmp_path):
    path = picture(tmp_path / "a.png", (SIDE, SIDE), ("red", 32, 32, 32))
    done = imnet("explain", *net[:-1], path, "-o", tmp_path / "heat.png", "--occlusion", "--stride", "64",
                 "--patch", "40")
    assert done.returncode == 0 and "the heat means little" in done.stderr.decode()
    done = imnet("explain", *net[:-1], path, "-o", tmp_path / "heat.png", "--occlusion", "--stride", "64",
                 "--patch", "128")
    assert done.returncode == 0 and "the heat means little" not in done.stderr.decode()


def test_a_large_photograph_is_drawn_smaller(net, tmp_path):
    path = picture(tmp_path / "a.png", (3000, 2000), ("red", 1200, 800, 600))
    told, shown = explain(net, path, tmp_path / "heat.png")
    assert shown.size == (1024, 683) and told["width"] == 3000
    x, y = told["hottest"]
    assert 1200 <= x <= 1800 and 800 <= y <= 1400


def test_pipes(net, tmp_path):
    path = picture(tmp_path / "a.png", (SIDE, SIDE), ("red", 32, 32, 64))
    named = imnet("explain", *net, path, "-o", tmp_path / "heat.png")
    done = imnet("explain", *net[:-1], "-", "-o", "-", stdin=path.read_bytes())
    assert done.returncode == 0
    assert done.stdout == (tmp_path / "heat.png").read_bytes()
    assert Image.open(io.BytesIO(done.stdout)).size == (SIDE, SIDE)
    assert done.stderr.decode().splitlines()[-2:] == named.stdout.decode().splitlines()[1:]
    assert imnet("explain", *net, "-", "-o", "-", stdin=path.read_bytes()).stderr == b""


@pytest.mark.parametrize("words, said", [
    ([], "takes one picture"),
    (["a.png", "b.png", "-o", "heat.png"], "takes one picture"),
    (["a.png"], "needs -o FILE"),
    (["a.png", "-o", "./a.png"], "would replace the picture"),
    (["a.png", "-o", "-", "--format", "json"], "--format"),
    (["a.png", "-o", "heat.png", "--engine", "onednn"], "use --occlusion"),
    (["a.png", "-o", "heat.png", "--precision", "bf16"], "use --occlusion"),
    (["a.png", "-o", "heat.png", "--patch", "9"], "--patch only goes with --occlusion"),
    (["a.png", "-o", "heat.png", "--stride", "9"], "--stride only goes with --occlusion"),
    (["a.png", "-o", "heat.png", "--batch", "9"], "--batch only goes with --occlusion"),
    (["a.png", "-o", "heat.png", "--occlusion", "--patch", "225"], "from 1 to 224"),
    (["a.png", "-o", "heat.png", "--class", "tabbie"], "similar: tabby"),
    (["a.png", "-o", "heat.png", "--class", "1000"], "no class of that name, wnid or index"),
])
def test_usage(tmp_path, words, said):
    picture(tmp_path / "a.png", (40, 40))
    before = (tmp_path / "a.png").read_bytes()
    done = imnet("explain", "--no-weights", "--model", "resnet18", *words, cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == b""
    assert said in done.stderr.decode()
    assert [file.name for file in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == before


def test_a_name_of_two_classes_is_refused(net, tmp_path):
    (tmp_path / "names.txt").write_text("crane\nox\ncrane\n")
    path = picture(tmp_path / "a.png", (40, 40))
    done = imnet("explain", *net, "--labels", tmp_path / "names.txt", path, "-o", tmp_path / "heat.png",
                 "--class", "crane")
    assert done.returncode == 2 and "0, 2" in done.stderr.decode()


@pytest.mark.parametrize("name, kind, said", [("text.jpg", "format", "text.jpg: "), ("gone.jpg", "not_found", "gone.jpg: "),
                                              (".", "io", "a folder")])
def test_a_file_that_is_not_an_image_is_an_error_and_nothing_is_written(net, tmp_path, name, kind, said):
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "heat.png").write_text("as before")
    done = imnet("explain", *net, name, "-o", "heat.png", "--format", "json", cwd=tmp_path)
    assert done.returncode == 1 and said in done.stderr.decode()
    assert json.loads(done.stdout)["error"]["kind"] == kind
    assert (tmp_path / "heat.png").read_text() == "as before"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["heat.png", "text.jpg"]


def test_an_output_that_cannot_be_written_is_an_error_before_the_work_starts(net, tmp_path):
    done = imnet("explain", *net, SAMPLES / "rocket.jpg", "-o", tmp_path / "none" / "heat.png")
    assert done.returncode == 4 and "No such file or directory" in done.stderr.decode()


def test_random_weights_are_announced(tmp_path):
    done = imnet("explain", "--no-weights", "--model", "resnet18", SAMPLES / "rocket.jpg", "-o", tmp_path / "heat.png")
    assert done.returncode == 0 and "the predictions mean nothing" in done.stderr.decode()
