"""Nets of Hugging Face transformers, saved as its users save them: tensor names, class names and logits.

Runs the programs of the build folder that IMNET_BUILD names, with transformers beside them.
"""
import importlib
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
transformers = pytest.importorskip("transformers", reason="Hugging Face transformers is not installed")

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NETS = {
    "resnet18": {"layer_type": "basic", "hidden_sizes": [64, 128, 256, 512], "depths": [2, 2, 2, 2]},
    "resnet50": {"layer_type": "bottleneck", "hidden_sizes": [256, 512, 1024, 2048], "depths": [3, 4, 6, 3]},
}


def program(name, *words):
    if "IMNET_BUILD" not in os.environ:
        pytest.skip("IMNET_BUILD does not name a build folder")
    done = subprocess.run([Path(os.environ["IMNET_BUILD"]) / "bin" / name, *words], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def random_net(name):
    """A net whose batch norms are not the identity, so that confused tensor names would be noticed."""
    torch.manual_seed(0)
    config = transformers.ResNetConfig(**NETS[name], id2label={0: "cat", 1: "dog", 2: "horse"})
    net = transformers.ResNetForImageClassification(config)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.3, 0.7)
            torch.nn.init.normal_(module.bias, std=0.1)
            torch.nn.init.normal_(module.running_mean, std=0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    return net.eval()


@pytest.mark.parametrize("name", NETS)
def test_logits_are_those_of_transformers(name, tmp_path):
    net = random_net(name)
    net.save_pretrained(tmp_path / "net")
    images = torch.randn(6, 3, 224, 224)
    (tmp_path / "images.raw").write_bytes(images.numpy().astype("<f4").tobytes())
    with torch.no_grad():
        expected = net(images).logits.numpy()
    logits = np.frombuffer(program("logits_probe", name, "logits", tmp_path / "net", tmp_path / "images.raw"), "<f4")
    assert np.abs(logits.reshape(expected.shape) - expected).max() < 1e-4 * expected.std()


def test_the_architecture_and_the_class_names_are_recognised(tmp_path):
    random_net("resnet18").save_pretrained(tmp_path)
    top = json.loads(program("imnet", "--weights", tmp_path, "--format", "jsonl", SAMPLES / "rocket.jpg"))["top"]
    assert sorted(entry["label"] for entry in top) == ["cat", "dog", "horse"]


@pytest.mark.parametrize("setting", [{"downsample_in_bottleneck": True}, {"downsample_in_first_stage": True},
                                     {"hidden_act": "gelu"}])
def test_another_net_with_the_same_tensors_is_refused(setting, tmp_path):
    config = transformers.ResNetConfig(**NETS["resnet50"], **setting)
    transformers.ResNetForImageClassification(config).save_pretrained(tmp_path)
    if "IMNET_BUILD" not in os.environ:
        pytest.skip("IMNET_BUILD does not name a build folder")
    program_path = Path(os.environ["IMNET_BUILD"]) / "bin" / "imnet"
    done = subprocess.run([program_path, "--weights", tmp_path, SAMPLES / "rocket.jpg"], capture_output=True)
    assert done.returncode == 3 and next(iter(setting)).encode() in done.stderr


PROCESSORS = {
    "microsoft/resnet-50": ("ConvNext", {"size": 224, "crop_pct": 0.875, "resample": 3,
                                         "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}),
    "ConvNeXt's defaults, which squash": ("ConvNext", {}),
    "ConvNeXt's crop of an odd difference": ("ConvNext", {"size": {"shortest_edge": 96}, "crop_pct": 0.97}),
    "ViT's defaults": ("ViT", {}),
    "ViT's size as a number": ("ViT", {"size": 64, "resample": 0, "image_mean": 0.4, "image_std": [0.2, 0.3, 0.4]}),
    "ViT without normalising": ("ViT", {"size": {"height": 64, "width": 64}, "do_normalize": False}),
    "ViT with a crop of an odd difference": ("ViT", {"size": 99, "do_center_crop": True, "crop_size": 96}),
    "ViT with a crop that is larger": ("ViT", {"size": 61, "do_center_crop": True, "crop_size": 96}),
    "BiT's defaults": ("Bit", {}),
    "BiT with a crop of an odd difference": ("Bit", {"size": {"shortest_edge": 131}, "crop_size": 128, "resample": 2}),
    "BiT without rescaling": ("Bit", {"size": 64, "crop_size": {"height": 56, "width": 56}, "do_rescale": False}),
    "BiT to −1…1 by the factor": ("Bit", {"size": 64, "crop_size": 64, "rescale_factor": 1 / 127.5,
                                          "image_mean": 1, "image_std": 1}),
    "CLIP's defaults": ("CLIP", {}),
    "DeiT's defaults": ("DeiT", {}),
}
ROUNDED = {"BiT without rescaling", "BiT to −1…1 by the factor"}  # bytes times another factor than 1/255


@pytest.mark.parametrize("picture", ["rocket.jpg", "chelsea.png", "coffee.png"])
@pytest.mark.parametrize("name", PROCESSORS)
def test_pixels_are_those_of_the_image_processors(name, picture, tmp_path):
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed").open(SAMPLES / picture).convert("RGB")
    kind, settings = PROCESSORS[name]
    module = importlib.import_module(f"transformers.models.{kind.lower()}.image_processing_pil_{kind.lower()}")
    processor = getattr(module, f"{kind}ImageProcessorPil")(**settings)
    expected = np.asarray(processor(image, return_tensors="np").pixel_values[0])
    file = tmp_path / "preprocessor_config.json"
    file.write_text(json.dumps({"image_processor_type": f"{kind}ImageProcessor", **settings}))
    for stated in (file, *processor.save_pretrained(tmp_path / "saved")):  # as written by hand, and by transformers
        pixels = np.frombuffer(program("pixels_probe", SAMPLES / picture, "--processor", stated), np.float32)
        if name in ROUNDED:
            np.testing.assert_allclose(pixels.reshape(expected.shape), expected, rtol=1e-5, atol=1e-6)
        else:
            np.testing.assert_array_equal(pixels.reshape(expected.shape), expected)


def test_the_preprocessor_config_beside_the_weights_is_obeyed(tmp_path):
    random_net("resnet18").save_pretrained(tmp_path)

    def probability(**settings):
        (tmp_path / "preprocessor_config.json").write_text(json.dumps(settings))
        words = ("imnet", "--weights", tmp_path, "-k1", "--format", "jsonl", SAMPLES / "rocket.jpg")
        return json.loads(program(*words))["top"][0]["prob"]

    usual = {"crop_pct": 0.875, "resample": 2, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
    assert probability(size=224, **usual) != probability(size=160, **usual)
