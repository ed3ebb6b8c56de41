"""Decoded and preprocessed images equal those of Pillow, torchvision and timm, byte for byte.

Runs `pixels_probe` from the build folder that IMNET_BUILD names.
"""

import io
import os
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PIL", reason="the reference, Pillow, is not installed")
from PIL import Image, ImageOps  # noqa: E402

import pictures  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:Palette images with Transparency")

RECIPES = {
    "V1": ["256", "224", "bilinear", "0.485", "0.456", "0.406", "0.229", "0.224", "0.225"],
    "V2": ["232", "224", "bilinear", "0.485", "0.456", "0.406", "0.229", "0.224", "0.225"],
    "a1h": ["235", "224", "bicubic", "0.5", "0.5", "0.5", "0.5", "0.5", "0.5"],
    "squashed": ["248x248", "224", "bicubic", "0.5", "0.5", "0.5", "0.5", "0.5", "0.5"],
    "keras": ["224x224", "224", "nearest", "0.5", "0.5", "0.5", "0.5", "0.5", "0.5"],
    "bordered": ["b256", "224", "bicubic", "0.3", "0.5", "0.1", "0.229", "0.224", "0.225"],
    "padded": ["200", "224", "bilinear", "0.485", "0.456", "0.406", "0.229", "0.224", "0.225"],
    "padded by an odd number": ["32", "55", "bicubic", "0.5", "0.5", "0.5", "0.5", "0.5", "0.5"],
}
DECODED = pictures.decoded_pictures()
TURNED = pictures.turned_pictures()
SHAPED = pictures.shaped_pictures()
STORED = {path.name: path.read_bytes() for path in sorted((Path(__file__).parent / "pixels").glob("*.*"))
          if path.suffix not in (".tsv", ".md")}


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    build_folder = os.environ.get("IMNET_BUILD")
    if build_folder is None:
        pytest.skip("IMNET_BUILD does not name a build folder")
    program = Path(build_folder) / "bin" / "pixels_probe"
    file = tmp_path_factory.mktemp("pictures") / "picture"

    def run(data, *arguments):
        file.write_bytes(data)
        return subprocess.run([program, file, *arguments], capture_output=True)

    return run


def pixels(done):
    """[height, width, 3] from the output of the probe."""
    assert done.returncode == 0, done.stderr.decode()
    width, height = np.frombuffer(done.stdout[:8], "<i4")
    return np.frombuffer(done.stdout[8:], np.uint8).reshape(height, width, 3)


def opened(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of palettes with transparency
        image = Image.open(io.BytesIO(data))
        image.load()
        return image


@pytest.mark.parametrize("name", [*DECODED, *STORED])
def test_decodes_as_pillow(probe, name):
    data = {**DECODED, **STORED}[name]
    np.testing.assert_array_equal(pixels(probe(data, "--rgb")), np.asarray(opened(data).convert("RGB")))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_undoes_what_xcode_does_to_png(probe, mode):
    """Pillow does not read these files; the original shows what is right."""
    picture = pictures.photograph(37, 23, mode)
    if mode == "RGBA":
        picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    seen = pixels(probe(pictures.iphone_png(picture), "--rgb")).astype(int)
    original = np.asarray(picture).astype(int)
    alpha = original[..., 3:] if mode == "RGBA" else np.full((23, 37, 1), 255)
    # Premultiplied colours keep alpha + 1 levels.
    allowed = np.where(alpha == 255, 0, 127.5 / np.maximum(alpha, 1) + 1)
    assert (np.abs(seen - original[..., :3]) <= allowed)[(alpha > 0)[..., 0]].all()


@pytest.mark.parametrize("name", TURNED)
def test_turns_as_pillow(probe, name):
    upright = np.asarray(ImageOps.exif_transpose(opened(TURNED[name])).convert("RGB"))
    np.testing.assert_array_equal(pixels(probe(TURNED[name], "--upright")), upright)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_all_orientations_look_alike(probe, ending):
    """Eight files, each rotated so that its EXIF orientation undoes it, give one image."""
    upright = pictures.photograph(45, 29)
    undo = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
            4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90,
            7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270}
    for orientation, turn in undo.items():
        stored = upright if turn is None else upright.transpose(turn)
        options = {"lossless": True} if ending == "webp" else {"quality": 100, "subsampling": 0}
        data = pictures.saved(stored, {"jpg": "JPEG"}.get(ending, ending.upper()),
                              exif=b"Exif\0\0" + pictures.exif(orientation), **options)
        seen = pixels(probe(data, "--upright")).astype(int)
        assert seen.shape == (29, 45, 3)
        # A rotated JPEG is rounded differently; the others are exact.
        assert np.abs(seen - np.asarray(upright)).max() <= (6 if ending == "jpg" else 0), orientation


def drafted(data, short_side):
    """The image that Pillow decodes at the scale of the program's rule, and that scale."""
    image = Image.open(io.BytesIO(data))
    width, height = image.size
    scale = next((s for s in (8, 4, 2) if -(-min(width, height) // s) >= short_side), 1)
    size = (-(-width // scale), -(-height // scale))
    image.draft("RGB", (max(1, width // scale), max(1, height // scale)))
    image.load()
    assert image.size == size  # Pillow used that scale
    return image, scale


@pytest.mark.parametrize("short_side", [1, 7, 8, 14, 15, 27, 28, 53])
@pytest.mark.parametrize("name", [name for name in [*DECODED, *STORED] if name.endswith(".jpg")])
def test_drafts_as_pillow(probe, name, short_side):
    data = {**DECODED, **STORED}[name]
    np.testing.assert_array_equal(pixels(probe(data, "--rgb", "--draft", str(short_side))),
                                  np.asarray(drafted(data, short_side)[0].convert("RGB")))


@pytest.mark.parametrize("sampling", [0, 1, 2])
def test_drafts_of_any_size_as_pillow(probe, sampling):
    for progressive in (False, True):
        for width, height in ((8, 8), (9, 40), (9, 8), (17, 16), (16, 33), (31, 30), (65, 47), (130, 129), (257, 99)):
            data = pictures.saved(pictures.photograph(width, height), "JPEG", subsampling=sampling,
                                  progressive=progressive)
            for scale in (8, 4, 2):
                short_side = str(-(-min(width, height) // scale))
                np.testing.assert_array_equal(pixels(probe(data, "--rgb", "--draft", short_side)),
                                              np.asarray(drafted(data, int(short_side))[0].convert("RGB")))


@pytest.mark.parametrize("sampling", [0, 1, 2, "grey"])
def test_smooths_unfinished_progressive_jpegs_as_pillow(probe, sampling):
    """libjpeg smooths over what the left out scans would add; then the edge of what is decoded counts."""
    transform = reference_transform("V1")
    photo = pictures.photograph(390, 261, "L" if sampling == "grey" else "RGB")
    data = pictures.saved(photo, "JPEG", progressive=True, subsampling=0 if sampling == "grey" else sampling)
    unfinished = pictures.cut_after_each_scan(data)
    assert len(unfinished) >= 5
    for cut in unfinished:
        np.testing.assert_array_equal(pixels(probe(cut, "--rgb")), np.asarray(opened(cut).convert("RGB")))
        assert (probe(cut, *RECIPES["V1"]).stdout == transform(opened(cut).convert("RGB")).numpy().tobytes())
        for short_side in (33, 66, 131):
            np.testing.assert_array_equal(pixels(probe(cut, "--rgb", "--draft", str(short_side))),
                                          np.asarray(drafted(cut, short_side)[0].convert("RGB")))


@pytest.mark.parametrize("ending", ["png", "webp", "gif"])
def test_drafts_only_jpeg(probe, ending):
    data = next(data for name, data in DECODED.items() if name.endswith(ending) and not name.startswith("1x1"))
    assert probe(data, "--rgb", "--draft", "1").stdout == probe(data, "--rgb").stdout


DRAFTED = {(4000, 3000): 4, (3720, 4100): 8, (3704, 3704): 4, (1860, 1400): 2, (927, 927): 2, (926, 1200): 1}


@pytest.mark.parametrize("size", DRAFTED, ids="{0[0]}x{0[1]}".format)
def test_preprocesses_drafts_as_the_reference(probe, size):
    transform = reference_transform("V2")
    data = pictures.saved(pictures.photograph(*size), "JPEG", quality=85, exif=b"Exif\0\0" + pictures.exif(6))
    image, scale = drafted(data, 464)
    assert scale == DRAFTED[size]
    expected = transform(ImageOps.exif_transpose(image).convert("RGB")).numpy()
    assert probe(data, *RECIPES["V2"], "--draft", "464").stdout == expected.tobytes()


def keras_transform(picture):
    """`keras.utils.load_img(…, target_size=(224, 224))` and `resnet_v2.preprocess_input`, which golden_keras runs."""
    import torch
    pixels = np.asarray(picture.resize((224, 224), Image.NEAREST), np.float32) / 127.5 - 1
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()


def with_a_pixel(long_side, filter_, transform):
    """A transform of timm with a border. timm fails where the short side is rounded to 0; here it is then 1."""
    def resized_first(picture):
        if round(min(picture.size) * long_side / max(picture.size)) < 1:
            size = (1, long_side) if picture.width < picture.height else (long_side, 1)
            picture = picture.resize(size, filter_)
        return transform(picture)
    return resized_first


def reference_transform(name):
    """The preprocessing of the reference: PIL image -> [3, crop, crop] float32."""
    torchvision = pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
    from torchvision.transforms._presets import ImageClassification
    if name == "a1h":
        timm = pytest.importorskip("timm", reason="the reference, timm, is not installed")
        model = timm.create_model("resnetv2_50.a1h_in1k", pretrained=False)
        return timm.data.create_transform(**timm.data.resolve_data_config(model=model))
    if name == "squashed":
        timm = pytest.importorskip("timm", reason="the reference, timm, is not installed")
        return timm.data.create_transform((3, 224, 224), interpolation="bicubic", crop_pct=0.9, crop_mode="squash",
                                          mean=[0.5] * 3, std=[0.5] * 3)
    if name == "bordered":
        timm = pytest.importorskip("timm", reason="the reference, timm, is not installed")
        return with_a_pixel(256, Image.BICUBIC, timm.data.create_transform(
            (3, 224, 224), interpolation="bicubic", crop_pct=0.875, crop_mode="border", mean=[0.3, 0.5, 0.1],
            std=[0.229, 0.224, 0.225]))
    if name == "keras":
        return keras_transform
    if name in ("V1", "V2"):
        weights = getattr(torchvision.models.ResNet50_Weights, f"IMAGENET1K_{name}")
        return weights.transforms()
    resize, crop, interpolation, *numbers = RECIPES[name]
    mean_and_std = [float(number) for number in numbers]
    return ImageClassification(
        crop_size=int(crop), resize_size=int(resize), mean=mean_and_std[:3], std=mean_and_std[3:],
        interpolation=torchvision.transforms.InterpolationMode(interpolation))


@pytest.fixture(scope="module", params=RECIPES)
def recipe(request):
    return RECIPES[request.param], reference_transform(request.param)


@pytest.mark.parametrize("name", SHAPED)
def test_preprocesses_as_the_reference(probe, recipe, name):
    arguments, transform = recipe
    expected = transform(opened(SHAPED[name]).convert("RGB")).numpy()
    done = probe(SHAPED[name], *arguments)
    assert done.returncode == 0, done.stderr.decode()
    tensor = np.frombuffer(done.stdout, np.float32).reshape(expected.shape)
    # Compare bytes, not values, so that −0 differs from 0.
    assert tensor.tobytes() == expected.tobytes(), np.abs(tensor - expected).max()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_preprocesses_turned_pictures_as_the_reference(probe, recipe, orientation):
    arguments, transform = recipe
    data = pictures.saved(pictures.photograph(333, 241), "PNG", exif=b"Exif\0\0" + pictures.exif(orientation))
    expected = transform(ImageOps.exif_transpose(opened(data)).convert("RGB")).numpy()
    assert probe(data, *arguments).stdout == expected.tobytes()


@pytest.mark.parametrize("name", ["shape-500x375.png", "shape-31x97.png", "shape-grey.jpg"])
def test_converts_to_pixel_formats_as_pytorch(probe, recipe, name):
    torch = pytest.importorskip("torch", reason="the reference, PyTorch, is not installed")
    arguments, transform = recipe
    expected = transform(opened(SHAPED[name]).convert("RGB")).permute(1, 2, 0).contiguous()
    float32 = probe(SHAPED[name], *arguments, "interleaved_float32")
    assert float32.stdout == expected.numpy().tobytes()
    bfloat16 = probe(SHAPED[name], *arguments, "interleaved_bfloat16")
    assert bfloat16.stdout == expected.to(torch.bfloat16).view(torch.int16).numpy().tobytes()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_does_not_fit_in_memory_is_over_a_limit(tmp_path, kind):
    """Not damaged: with more memory it is decoded."""
    if "IMNET_BUILD" not in os.environ:
        pytest.skip("IMNET_BUILD does not name a build folder")
    program = Path(os.environ["IMNET_BUILD"]) / "bin" / "pixels_probe"
    file = tmp_path / "large"
    Image.new("L", (6000, 6000)).save(file, kind, **({"progressive": True} if kind == "JPEG" else {}))
    limited = ["bash", "-c", 'ulimit -v "$0" && exec "$@"']
    done = subprocess.run([*limited, "unlimited", program, file, "--rgb"], capture_output=True)
    assert done.returncode == 0
    done = subprocess.run([*limited, "120000", program, file, "--rgb"], capture_output=True)
    assert (done.returncode, done.stderr) == (1, b"limits: not enough memory to decode this picture\n")


@pytest.mark.parametrize("name", [name for name in DECODED if not name.startswith("junk")])
def test_a_cut_file_is_an_error_or_what_pillow_decodes(probe, name):
    """For the first half of a file the program gives an error or the pixels of Pillow."""
    data = DECODED[name]
    for length in (len(data) // 2, len(data) - 9):
        done = probe(data[:length], "--rgb")
        if done.returncode == 0:
            np.testing.assert_array_equal(pixels(done), np.asarray(opened(data[:length]).convert("RGB")))
        else:
            assert done.returncode == 1
            assert done.stderr.decode().split(":")[0] in ("decode", "format")


# What the options state, as SIZE SHORT_SIDE CROP_PCT FIT, over torchvision's 232, 224, bilinear; and the torchvision
# or timm that does the same.
STATED = {
    ("-", "256", "-", "-"): {"resize": 256, "crop": 224},
    ("96", "-", "-", "-"): {"resize": 99, "crop": 96},
    ("161", "201", "-", "center"): {"resize": 201, "crop": 161},
    ("224", "100", "-", "-"): {"resize": 100, "crop": 224},  # smaller than the crop: torchvision pads with zeros
    ("225", "-", "1.3", "-"): {"crop": 225, "crop_pct": 1.3},
    ("288", "-", "0.95", "-"): {"crop": 288, "crop_pct": 0.95},
    ("-", "-", "0.875", "center"): {"crop": 224, "crop_pct": 0.875},
    ("-", "-", "-", "squash"): {"crop": 224, "crop_pct": 1, "crop_mode": "squash"},
    ("131", "-", "0.9", "squash"): {"crop": 131, "crop_pct": 0.9, "crop_mode": "squash"},
    ("-", "-", "-", "border"): {"crop": 224, "crop_pct": 1, "crop_mode": "border"},
    ("97", "-", "0.8", "border"): {"crop": 97, "crop_pct": 0.8, "crop_mode": "border"},
    ("97", "-", "1.4", "border"): {"crop": 97, "crop_pct": 1.4, "crop_mode": "border"},
}
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def stated_transform(crop, resize=None, crop_pct=None, crop_mode="center"):
    pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
    from torchvision.transforms._presets import ImageClassification
    if resize:
        return ImageClassification(crop_size=crop, resize_size=resize)
    timm = pytest.importorskip("timm", reason="the reference, timm, is not installed")
    transform = timm.data.create_transform((3, crop, crop), interpolation="bilinear", crop_pct=crop_pct,
                                           crop_mode=crop_mode, mean=MEAN, std=STD)
    return with_a_pixel(int(crop / crop_pct), Image.BILINEAR, transform) if crop_mode == "border" else transform


@pytest.mark.parametrize("options", STATED, ids=" ".join)
def test_stated_sizes_are_those_of_the_reference(probe, options):
    transform = stated_transform(**STATED[options])
    for name, data in SHAPED.items():
        picture = opened(data).convert("RGB")
        done = probe(data, "--stated", *options)
        assert done.stdout == transform(picture).numpy().tobytes(), name


@pytest.mark.parametrize("resize", ["232", "100", "200x200", "b224"])
@pytest.mark.parametrize("interpolation", ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"])
def test_every_filter_is_pillows(probe, interpolation, resize):
    pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
    timm = pytest.importorskip("timm", reason="the reference, timm, is not installed")
    from torchvision.transforms import InterpolationMode, functional
    filter_ = InterpolationMode(interpolation)
    for name, data in SHAPED.items():
        picture = opened(data).convert("RGB")
        if resize.startswith("b"):
            if max(picture.size) > 900 * min(picture.size):
                continue
            resized = timm.data.transforms.ResizeKeepRatio(224, 1.0, interpolation)(picture)
            cropped = timm.data.transforms.center_crop_or_pad(resized, 224, fill=(128, 128, 128))
        else:
            size = [int(side) for side in resize.split("x")]
            cropped = functional.center_crop(functional.resize(picture, size[0] if len(size) == 1 else size, filter_), 224)
        expected = functional.normalize(functional.to_tensor(cropped), [0.5] * 3, [0.25] * 3)
        done = probe(data, resize, "224", interpolation, *["0.5"] * 3, *["0.25"] * 3)
        assert done.stdout == expected.numpy().tobytes(), name


@pytest.mark.parametrize("orientation", [1, 6, 7])
@pytest.mark.parametrize("size", [(4000, 1500), (1500, 4000), (1793, 1791)], ids="{0[0]}x{0[1]}".format)
def test_a_draft_with_a_border_is_decoded_by_its_long_side(probe, size, orientation):
    data = pictures.saved(pictures.photograph(*size), "JPEG", quality=85, exif=b"Exif\0\0" + pictures.exif(orientation))
    image = Image.open(io.BytesIO(data))
    scale = next(s for s in (8, 4, 2, 1) if -(-max(size) // s) >= 448)
    image.draft("RGB", (max(1, size[0] // scale), max(1, size[1] // scale)))
    picture = ImageOps.exif_transpose(image).convert("RGB")
    assert max(picture.size) == -(-max(size) // scale)
    expected = stated_transform(crop=224, crop_pct=1, crop_mode="border")(picture)
    assert probe(data, "--stated", "-", "-", "-", "border", "--draft", "448").stdout == expected.numpy().tobytes()
