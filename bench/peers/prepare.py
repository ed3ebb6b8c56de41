"""Makes the inputs of all peers: images, one net as safetensors and ONNX, and its logits for a check.

    python bench/peers/prepare.py FOLDER NET SMALL LARGE PARTS
"""
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

import pictures
import nets
from pixels import Pixels

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests" / "golden"))
from random_weights import tell_apart  # noqa: E402

CHECKED = {"small": 32, "large": 4}


def first_of(folder, kind):
    return sorted((folder / kind).rglob("*.jpg"))[:CHECKED[kind]]


def own_metadata(about):
    """What imnet reads in its own checkpoints."""
    preprocessing = {"resize": about["short_side"], "crop": about["size"], "interpolation": about["interpolation"],
                     "mean": about["mean"], "std": about["std"]}
    return {"architecture": about["name"], "preprocessing": json.dumps(preprocessing)}


def main():
    folder = Path(sys.argv[1])
    about = nets.describe(sys.argv[2])
    (folder / "net.json").write_text(json.dumps(about))
    pixels = Pixels(about)
    counts = {"small": int(sys.argv[3]), "large": int(sys.argv[4])}
    sizes = {kind: pictures.make(folder, kind, count, int(sys.argv[5])) for kind, count in counts.items()}

    torch.manual_seed(0)
    net = tell_apart(nets.build(about).eval(), side=about["size"])
    save_file(net.state_dict(), folder / "net.safetensors", own_metadata(about))
    axes = {"images": {0: "batch"}, "logits": {0: "batch"}}
    torch.onnx.export(net, torch.zeros(1, 3, about["size"], about["size"]), folder / "net.onnx", dynamo=False, opset_version=17,
                      input_names=["images"], output_names=["logits"], dynamic_axes=axes)

    for kind in counts:
        images = np.stack([pixels.normalised(pixels.cropped(path)) for path in first_of(folder, kind)])
        with torch.inference_mode():
            logits = net(torch.from_numpy(images)).numpy()
        np.save(folder / f"{kind}-images.npy", images)
        np.save(folder / f"{kind}-logits.npy", logits)
        best_two = np.sort(logits)[:, -2:]
        labels = list(zip(best_two[:, 0] - best_two[:, 1], map(str, first_of(folder, kind)), logits.argmax(1).tolist()))
        # The clearest first: it has the same class in bf16, too.
        (folder / f"{kind}-labels.json").write_text(json.dumps({path: label for _, path, label in sorted(labels)}))
    classes = len(set(np.load(folder / "small-logits.npy").argmax(1).tolist()))
    assert classes >= 8, f"the net tells only {classes} classes apart: a check with it would prove little"
    print(json.dumps({
        "net": about,
        "weights_sha256": hashlib.sha256((folder / "net.safetensors").read_bytes()).hexdigest(),
        "classes_in_check": classes,
        "pictures": {kind: {"count": counts[kind], "mean_bytes": round(sizes[kind])} for kind in counts}}))


if __name__ == "__main__":
    main()
