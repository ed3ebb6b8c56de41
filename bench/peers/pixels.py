"""Decoding and preprocessing as PyTorch users do them: Pillow, short side, centre crop."""
import numpy as np
from PIL import Image


class Pixels:
    def __init__(self, about):
        self.short_side, self.crop = about["short_side"], about["size"]
        self.filter = Image.Resampling[about["interpolation"].upper()]
        # (pixel / 255 - mean) / deviation as one product and one sum.
        mean, std = np.array(about["mean"]), np.array(about["std"])
        self.scale = (1 / (255 * std)).astype(np.float32).reshape(3, 1, 1)
        self.shift = -(mean / std).astype(np.float32).reshape(3, 1, 1)

    def cropped(self, path, draft=False):
        """[crop, crop, 3] uint8. With draft, libjpeg may decode at a half, a quarter or an eighth of the size."""
        with Image.open(path) as image:
            if draft:
                image.draft("RGB", (self.short_side, self.short_side))
            image = image.convert("RGB")
        short = min(image.size)
        width, height = (self.short_side * side // short for side in image.size)
        left, top = round((width - self.crop) / 2), round((height - self.crop) / 2)
        image = image.resize((width, height), self.filter)
        return np.asarray(image.crop((left, top, left + self.crop, top + self.crop)))

    def normalised(self, pixels):
        """[crop, crop, 3] uint8 -> [3, crop, crop] float32."""
        out = pixels.transpose(2, 0, 1) * self.scale
        out += self.shift
        return out
