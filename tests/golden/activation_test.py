"""The probabilities of --activation sigmoid are torch.sigmoid of the logits, in fp32 and bf16."""
import json
import os
import subprocess
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the reference, PyTorch, is not installed")
torchvision = pytest.importorskip("torchvision", reason="the reference, torchvision, is not installed")
from PIL import Image  # noqa: E402

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*.*g"))


@pytest.mark.parametrize("precision, tolerance", [("fp32", 1e-5), ("bf16", 2e-2)])
@pytest.mark.parametrize("classes", [1, 5])
def test_probabilities_are_torch_sigmoid(tmp_path, classes, precision, tolerance):
    if "IMNET_BUILD" not in os.environ:
        pytest.skip("IMNET_BUILD does not name a build folder")
    torch.manual_seed(3)
    net = torchvision.models.resnet18(num_classes=classes).eval()
    torch.save(net.state_dict(), tmp_path / "net.pth")
    transform = torchvision.models.ResNet18_Weights.IMAGENET1K_V1.transforms()
    with torch.no_grad():
        expected = torch.sigmoid(net(torch.stack([transform(Image.open(path).convert("RGB")) for path in SAMPLES])))
    done = subprocess.run(
        [Path(os.environ["IMNET_BUILD"]) / "bin" / "imnet", "--model", "resnet18", "--weights", tmp_path / "net.pth",
         "--activation", "sigmoid", "--min-prob", "0", "--precision", precision, "--format", "jsonl", *SAMPLES],
        capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    for line, wanted in zip(done.stdout.splitlines(), expected, strict=True):
        found = json.loads(line)["top"]
        assert [entry["prob"] for entry in found] == sorted((entry["prob"] for entry in found), reverse=True)
        for entry in found:
            assert entry["prob"] == pytest.approx(wanted[entry["index"]].item(), abs=tolerance)
