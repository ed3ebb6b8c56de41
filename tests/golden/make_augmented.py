"""Writes the hashes of golden images that torchvision has augmented, for tests without Python (tests/golden/augmented).

Run it with a Python that has torchvision after a change of augment_test.py or of the images:
    .deps/reference/bin/python tests/golden/make_augmented.py
"""

import hashlib
from pathlib import Path

from PIL import Image

from augment_test import SETTINGS, reference

HERE = Path(__file__).parent
PIXELS = HERE / "pixels"
PICTURES = ["photo-RGB.png", "shape-100x80.png", "shape-31x97.png", "shape-1x1.png", "shape-1x4000.png",
            "shape-3x1000.png", "type0-1bit-33x21.png"]
SEEDS = range(25)


def main():
    rows = ["# picture in ../pixels, size, interpolation, scale, ratio, flip, brightness, contrast, saturation, hue, "
            f"SHA-256 over the tensors [size, size, 3] of the seeds {SEEDS.start} to {SEEDS.stop - 1}"]
    for name in PICTURES:
        image = Image.open(PIXELS / name).convert("RGB")
        for settings in SETTINGS.values():
            augmented = reference(settings)
            digest = hashlib.sha256()
            for seed in SEEDS:
                digest.update(augmented(image, seed).tobytes())
            rows.append("\t".join([name, *settings.split(), digest.hexdigest()]))
    (HERE / "augmented").mkdir(exist_ok=True)
    (HERE / "augmented" / "expected.tsv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
