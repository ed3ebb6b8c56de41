"""Images for the tests of scale/: IMNET_SCALE_PICTURES of them, 60 by default."""
import os
import random

COUNT = int(os.environ.get("IMNET_SCALE_PICTURES", 60))


def write(folder, count=COUNT):
    """Writes small images, all different, in two folders. Some names need quoting, and one file is not an image."""
    dice = random.Random(1)
    for number in range(count):
        place = folder / ("some" if number % 3 else "it's more")
        place.mkdir(parents=True, exist_ok=True)
        tile = bytes(dice.randrange(256) for _ in range(3 * 8 * 8))
        (place / f"picture {number:04}.ppm").write_bytes(b"P6 64 64 255\n" + tile * 64)
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder
