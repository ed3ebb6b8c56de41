"""Decoding and preprocessing as PyTorch users do them: Pillow, short side 232, centre crop 224."""
import numpy as np
from PIL import Image

SHORT_SIDE, CROP = 232, 224
# (pixel / 255 - mean) / deviation as one product and one sum.
SCALE = (1 / (255 * np.array([0.229, 0.224, 0.225]))).astype(np.float32).reshape(3, 1, 1)
SHIFT = -(np.array([0.485, 0.456, 0.406]) / np.array([0.229, 0.224, 0.225])).astype(np.float32).reshape(3, 1, 1)


def cropped(path, draft=False):
    """[224, 224, 3] uint8. With draft, libjpeg may decode at a half, a quarter or an eighth of the size."""
    with Image.open(path) as image:
        if draft:
            image.draft("RGB", (SHORT_SIDE, SHORT_SIDE))
        image = image.convert("RGB")
    short = min(image.size)
    width, height = (SHORT_SIDE * side // short for side in image.size)
    left, top = round((width - CROP) / 2), round((height - CROP) / 2)
    image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image.crop((left, top, left + CROP, top + CROP)))


def normalised(pixels):
    """[224, 224, 3] uint8 -> [3, 224, 224] float32."""
    out = pixels.transpose(2, 0, 1) * SCALE
    out += SHIFT
    return out
