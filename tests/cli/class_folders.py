"""Makes a folder of small images for each of three classes: coloured shapes on noise. A net learns them within seconds.
The PNG files are written without an image library."""
import random
import struct
import zlib

CLASSES = ["circles", "squares", "stripes"]
COLORS = {"circles": (230, 60, 40), "squares": (50, 200, 70), "stripes": (60, 80, 240)}
SIDE = 32


def inside(kind, x, y, left, top):
    if kind == "circles":
        return (x - left - 8) ** 2 + (y - top - 8) ** 2 <= 64
    if kind == "squares":
        return left <= x < left + 16 and top <= y < top + 16
    return (x + left) // 4 % 2 == 0


def png(pixels):
    """A PNG file of SIDE × SIDE × 3 bytes."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + pixels[3 * SIDE * y: 3 * SIDE * (y + 1)] for y in range(SIDE))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write(folder, count=12, seed=1, classes=CLASSES):
    """Writes `count` images of each class to folder/CLASS/NN.png."""
    dice = random.Random(seed)
    for kind in classes:
        (folder / kind).mkdir(parents=True)
        for number in range(count):
            left, top = dice.randrange(16), dice.randrange(16)
            pixels = bytearray()
            for y in range(SIDE):
                for x in range(SIDE):
                    color = COLORS.get(kind, (128, 128, 128)) if inside(kind, x, y, left, top) else (110, 110, 110)
                    pixels += bytes(max(0, min(255, channel + dice.randrange(-20, 21))) for channel in color)
            (folder / kind / f"{number:02}.png").write_bytes(png(bytes(pixels)))
    return folder
