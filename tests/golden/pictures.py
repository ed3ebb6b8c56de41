"""Makes images of every kind that is decoded, as {name: bytes}, from one photograph and a fixed seed."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
EXIF_BYTE_ORDERS = {"II": "<", "MM": ">"}


def photograph(width, height, mode="RGB"):
    """A part of the sample photograph that has both smooth and detailed areas."""
    with Image.open(SAMPLES / "chelsea.png") as cat:
        return cat.convert("RGB").resize((width, height), Image.Resampling.BICUBIC, (60, 20, 400, 280)).convert(mode)


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


# PNG files are written here, because Pillow does not write every depth, filter and interlacing.

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed_rows(samples, depth):
    """[height, width, channels] samples -> [height, bytes] as PNG stores them before filtering."""
    height = samples.shape[0]
    flat = samples.reshape(height, -1)
    if depth == 16:
        return flat.astype(">u2").view(np.uint8).reshape(height, -1)
    bits = np.unpackbits(flat.astype(np.uint8)[..., None], axis=2)[..., 8 - depth:]
    return np.packbits(bits.reshape(height, -1), axis=1)


def paeth(left, up, corner):
    estimate = left + up - corner
    distances = np.abs([estimate - left, estimate - up, estimate - corner])
    return np.choose(distances.argmin(axis=0), [left, up, corner])


def filtered(rows, pixel_bytes, rng):
    """Each row with a filter byte before it, the filters in turn."""
    out = []
    up = np.zeros(rows.shape[1], int)
    for y, row in enumerate(rows.astype(int)):
        left = np.concatenate([np.zeros(pixel_bytes, int), row])[: len(row)]
        corner = np.concatenate([np.zeros(pixel_bytes, int), up])[: len(row)]
        predictions = [0 * row, left, up, (left + up) // 2, paeth(left, up, corner)]
        kind = int(rng.integers(5)) if y else y
        out.append(bytes([kind]) + ((row - predictions[kind]) % 256).astype(np.uint8).tobytes())
        up = row
    return b"".join(out)


def png(samples, depth, color_type, extra=b"", interlaced=False, rng=None, pieces=1):
    """A PNG file of [height, width, channels] samples; `extra` holds chunks to put before the pixels."""
    rng = rng or np.random.default_rng(0)
    height, width, channels = samples.shape
    pixel_bytes = max(1, channels * depth // 8)
    if interlaced:
        passes = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        data = b"".join(filtered(packed_rows(p, depth), pixel_bytes, rng) for p in passes if p.size)
    else:
        data = filtered(packed_rows(samples, depth), pixel_bytes, rng)
    data = zlib.compress(data)
    size = -(-len(data) // pieces)
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, interlaced)) + extra
            + b"".join(chunk(b"IDAT", data[i:i + size]) for i in range(0, len(data), size)) + chunk(b"IEND", b""))


def png_pictures():
    rng = np.random.default_rng(1)
    pictures = {}
    for color_type, depths in DEPTHS.items():
        for depth in depths:
            for interlaced in (False, True):
                for width, height in ((1, 1), (33, 21), (5, 3)):
                    samples = rng.integers(1 << depth, size=(height, width, CHANNELS[color_type]))
                    extra = b""
                    if color_type == 3:
                        extra = chunk(b"PLTE", rng.integers(256, size=3 << depth, dtype=np.uint8).tobytes())
                        if width == 33:
                            extra += chunk(b"tRNS", bytes(range(0, 4 << depth >> 2)))
                    elif width == 33 and color_type in (0, 2):
                        extra = chunk(b"tRNS", samples[0, 0].astype(">u2").tobytes())
                    name = f"type{color_type}-{depth}bit-{width}x{height}{'-interlaced' * interlaced}.png"
                    pictures[name] = png(samples, depth, color_type, extra, interlaced, rng)
    greys = np.array([0, 1, 100, 254, 255, 256, 257, 32768, 65535]).reshape(1, 9, 1)
    pictures["grey16-levels.png"] = png(greys, 16, 0)
    few = chunk(b"PLTE", bytes(range(30, 39)))
    pictures["palette-too-short.png"] = png(rng.integers(256, size=(9, 9, 1)), 8, 3, few)
    pictures["pieces.png"] = png(rng.integers(256, size=(40, 40, 3)), 8, 2, pieces=7)
    for mode in ("1", "L", "LA", "RGB", "RGBA", "P"):
        pictures[f"photo-{mode}.png"] = saved(photograph(61, 47, mode), "PNG")
    return pictures


def jpeg_pictures(width=75, height=53):
    photo = photograph(width, height)
    pictures = {}
    for sampling, name in enumerate(("444", "422", "420")):
        for progressive in (False, True):
            pictures[f"photo-{name}{'-progressive' * progressive}.jpg"] = saved(
                photo, "JPEG", subsampling=sampling, progressive=progressive, quality=88)
    pictures["quality30.jpg"] = saved(photo, "JPEG", quality=30, optimize=True)
    pictures["quality100.jpg"] = saved(photo, "JPEG", quality=100)
    pictures["grey.jpg"] = saved(photo.convert("L"), "JPEG")
    pictures["grey-progressive.jpg"] = saved(photo.convert("L"), "JPEG", progressive=True)
    pictures["1x1.jpg"] = saved(photograph(1, 1), "JPEG")
    pictures["junk-after-end.jpg"] = pictures["photo-420.jpg"] + b"left over"
    cmyk = saved(photo.convert("CMYK"), "JPEG", quality=95)
    pictures["cmyk.jpg"] = cmyk
    noise = np.random.default_rng(2).integers(256, size=(24, 24, 4), dtype=np.uint8)
    pictures["cmyk-noise.jpg"] = saved(Image.fromarray(noise, "CMYK"), "JPEG", quality=100)
    # The same bytes marked as YCCK: the last byte of Adobe's segment is the colour transform.
    adobe = cmyk.index(b"Adobe")
    pictures["ycck.jpg"] = cmyk[:adobe + 11] + b"\x02" + cmyk[adobe + 12:]
    pictures["cmyk-without-adobe.jpg"] = cmyk[:adobe - 4] + cmyk[adobe + 12:]
    # The same bytes marked as RGB: without JFIF's segment, and with an Adobe segment that says "no transform".
    ycc = pictures["photo-444.jpg"]
    jfif_end = 4 + struct.unpack(">H", ycc[4:6])[0]
    pictures["rgb.jpg"] = ycc[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0" + ycc[jfif_end:]
    pictures["without-jfif.jpg"] = ycc[:2] + ycc[jfif_end:]
    return pictures


def cut_after_each_scan(data):
    """Whole files of the first scan of a progressive JPEG, of the first two, and so on. Decoders guess what the
    left out scans would add."""
    starts = [at for at in range(len(data) - 1) if data[at:at + 2] == b"\xff\xda"]
    # The tables of a scan stand before it.
    ends = [data.rfind(b"\xff\xc4", 0, start) for start in starts[1:]]
    return [data[:end] + b"\xff\xd9" for end in ends]


def webp_pictures(width=75, height=53):
    photo = photograph(width, height)
    alpha = photo.convert("RGBA")
    alpha.putalpha(Image.linear_gradient("L").resize(photo.size))
    frames = [photo.rotate(angle) for angle in (0, 90, 180)]
    return {
        "lossy.webp": saved(photo, "WEBP", quality=80),
        "lossless.webp": saved(photo, "WEBP", lossless=True),
        "lossy-alpha.webp": saved(alpha, "WEBP", quality=80),
        "lossless-alpha.webp": saved(alpha, "WEBP", lossless=True),
        "exact-alpha.webp": saved(alpha, "WEBP", lossless=True, exact=True),
        "animated.webp": saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        "1x1.webp": saved(photograph(1, 1), "WEBP"),
    }


def gif_pictures(width=75, height=53):
    photo = photograph(width, height)
    frames = [photo.rotate(angle) for angle in (0, 90, 180)]
    index_of = saved(photo.convert("P", palette=Image.Palette.ADAPTIVE, colors=60), "GIF")
    # The same image at (3, 2) on a larger screen.
    image_at = index_of.index(b",\0\0\0\0")
    return {
        "palette.gif": index_of,
        "moved.gif": index_of[:image_at] + b",\3\0\2\0" + index_of[image_at + 5:],
        "moved-transparent.gif": saved(photo.convert("P", palette=Image.Palette.ADAPTIVE, colors=60), "GIF",
                                       transparency=5).replace(b",\0\0\0\0", b",\3\0\2\0", 1),
        "256-colours.gif": saved(photograph(160, 120).quantize(256), "GIF"),
        "2-colours.gif": saved(photo.convert("1"), "GIF"),
        "grey.gif": saved(photo.convert("L"), "GIF"),
        "interlaced.gif": saved(photo.quantize(30), "GIF", interlace=1),
        "plain.gif": saved(photo.quantize(30), "GIF", interlace=0),
        "transparent.gif": saved(photo.quantize(30), "GIF", transparency=3),
        "animated.gif": saved(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "1x1.gif": saved(photograph(1, 1), "GIF"),
    }


def bmp(width, height, bits, rows, compression=0, masks=(), colors=()):
    """A BMP file with a 40-byte header; `rows` are the stored pixels."""
    tail = b"".join(struct.pack("<I", value) for value in (*masks, *colors))
    offset = 54 + len(tail)
    return (b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset)
            + struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(rows), 2835, 2835,
                          len(colors), 0) + tail + rows)


def bmp_pictures():
    rng = np.random.default_rng(3)
    photo = photograph(37, 23)
    pictures = {f"photo-{mode}.bmp": saved(photo.convert(mode), "BMP") for mode in ("1", "L", "P", "RGB", "RGBA")}
    row = rng.integers(256, size=(7, 20), dtype=np.uint8).tobytes()
    pictures["555.bmp"] = bmp(10, 7, 16, row)
    pictures["565.bmp"] = bmp(10, 7, 16, row, 3, (0xF800, 0x07E0, 0x001F))
    pictures["x888.bmp"] = bmp(5, 7, 32, row, 3, (0xFF000000, 0xFF0000, 0xFF00))
    pictures["from-the-top.bmp"] = bmp(5, -7, 32, row)
    sixteen = rng.integers(1 << 24, size=16).tolist()
    pictures["4bit.bmp"] = bmp(39, 7, 4, row, colors=sixteen)
    pictures["4bit-7-colours.bmp"] = bmp(39, 7, 4, row, colors=sixteen[:7])
    runs8 = b"\x05\x03\x00\x04\x01\x02\x03\x04\x00\x00" + b"\x00\x03\x07\x08\x09\x00\x06\x02\x00\x00\x09\x05\x00\x01"
    pictures["runs8.bmp"] = bmp(9, 3, 8, runs8, 1, colors=sixteen)
    runs4 = b"\x05\x3a\x00\x04\x12\x34\x00\x00" + b"\x02\x60\x07\x42\x00\x00\x09\x05\x00\x01"
    pictures["runs4.bmp"] = bmp(9, 3, 4, runs4, 2, colors=sixteen)
    os2 = b"BM" + struct.pack("<IHHI", 0, 0, 0, 26 + 48) + struct.pack("<IHHHH", 12, 39, 7, 1, 4)
    pictures["os2.bmp"] = os2 + rng.integers(256, size=48, dtype=np.uint8).tobytes() + row
    return pictures


def dib_pictures():
    """BMP files without their file header, which Pillow reads as DIB."""
    return {name.replace(".bmp", ".dib"): data[14:] for name, data in bmp_pictures().items()}


def iphone_png(picture):
    """What Xcode makes of a PNG file: blue first, premultiplied by alpha, in deflate data without zlib's frame."""
    samples = np.asarray(picture).astype(int)
    if samples.shape[2] == 4:
        samples[..., :3] = (samples[..., :3] * samples[..., 3:] + 127) // 255
    samples[..., :3] = samples[..., 2::-1]
    whole = png(samples, 8, 6 if samples.shape[2] == 4 else 2)
    header, data = whole[8:33], zlib.decompress(whole[41:-16])
    compressor = zlib.compressobj(wbits=-15)
    data = compressor.compress(data) + compressor.flush()
    return (whole[:8] + chunk(b"CgBI", b"\x50\0\x20\x02") + header + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def tga_pictures():
    rng = np.random.default_rng(4)
    photo = photograph(37, 23)
    flat = photo.quantize(6).convert("RGB")
    pictures = {}
    for mode in ("L", "LA", "RGB", "RGBA", "P"):
        for rle in (False, True):
            pictures[f"photo-{mode}{'-runs' * rle}.tga"] = saved(flat.convert(mode), "TGA", rle=rle)
    pictures["from-the-top.tga"] = saved(photo, "TGA", orientation=1)
    pixels = rng.integers(256, size=5 * 7 * 2, dtype=np.uint8).tobytes()
    for flags in (0x00, 0x10, 0x20, 0x30):
        header = struct.pack("<BBBHHBHHHHBB", 3, 0, 2, 0, 0, 0, 0, 0, 5, 7, 16, flags)
        pictures[f"16bit-{flags:02x}.tga"] = header + b"abc" + pixels
    colors = rng.integers(256, size=20 * 2, dtype=np.uint8).tobytes()
    header = struct.pack("<BBBHHBHHHHBB", 0, 1, 1, 4, 20, 16, 0, 0, 5, 14, 8, 0)
    pictures["palette16.tga"] = header + colors + (np.frombuffer(pixels, np.uint8) % 24).tobytes()
    return pictures


def pnm_pictures():
    rng = np.random.default_rng(5)
    photo = photograph(37, 23)
    pictures = {"bitmap.pbm": saved(photo.convert("1"), "PPM"), "photo.pgm": saved(photo.convert("L"), "PPM"),
                "photo.ppm": saved(photo, "PPM")}
    for highest in (1, 100, 255, 1000, 65535):
        for channels, plain, raw, ending in ((1, 2, 5, "pgm"), (3, 3, 6, "ppm")):
            values = rng.integers(highest + 1, size=6 * 5 * channels)
            values[: min(highest, 20)] = range(min(highest, 20))
            head = b"\n# a comment\n6 5 # another\n%d\n" % highest
            pictures[f"plain-{highest}.{ending}"] = b"P%d" % plain + head + b" ".join(b"%d" % v for v in values)
            pictures[f"raw-{highest}.{ending}"] = (b"P%d" % raw + head
                                                   + values.astype(">u2" if highest > 255 else "u1").tobytes())
    pictures["above-highest.pgm"] = b"P5 4 1 100\n" + bytes([99, 100, 101, 255])
    pictures["plain.pbm"] = b"P1 # a comment\n10 2\n1011 000001 0 1 0 1 0 1 0 1 1 1"
    return pictures


def exif(orientation, byte_order="II"):
    """A TIFF block with three entries; the second is the orientation."""
    order = EXIF_BYTE_ORDERS[byte_order]
    entries = ((0x0100, 4, 1, struct.pack(order + "I", 640)),
               (0x0112, 3, 1, struct.pack(order + "HH", orientation, 0)),
               (0x0128, 3, 1, struct.pack(order + "HH", 2, 0)))
    block = byte_order.encode() + struct.pack(order + "HIH", 42, 8, len(entries))
    for tag, kind, count, value in entries:
        block += struct.pack(order + "HHI", tag, kind, count) + value
    return block + struct.pack(order + "I", 0)


def turned_pictures():
    """Each format that can have an orientation, in all eight orientations and both byte orders."""
    photo = photograph(45, 29)
    pictures = {}
    for orientation in range(1, 9):
        for byte_order in EXIF_BYTE_ORDERS:
            block = exif(orientation, byte_order)
            name = f"turned-{orientation}-{byte_order}"
            pictures[f"{name}.jpg"] = saved(photo, "JPEG", exif=b"Exif\0\0" + block)
            pictures[f"{name}.png"] = saved(photo, "PNG", exif=b"Exif\0\0" + block)
            pictures[f"{name}.webp"] = saved(photo, "WEBP", lossless=True, exif=block)
    pictures["turned-6-prefixed.webp"] = saved(photo, "WEBP", lossless=True, exif=b"Exif\0\0" + exif(6))
    return pictures


def shaped_pictures():
    """Photographs of sizes that are difficult for preprocessing."""
    sizes = [(451, 300), (300, 451), (500, 375), (640, 427), (224, 224), (232, 232), (256, 256), (235, 236),
             (233, 501), (100, 80), (31, 97), (1, 1), (2, 3), (1, 4000), (4000, 1), (3, 1000), (1500, 1101)]
    pictures = {f"shape-{w}x{h}.png": saved(photograph(w, h), "PNG", compress_level=1) for w, h in sizes}
    pictures["shape-grey.jpg"] = saved(photograph(301, 221, "L"), "JPEG")
    pictures["shape-cmyk.jpg"] = saved(photograph(301, 221, "CMYK"), "JPEG")
    pictures["shape-palette.png"] = saved(photograph(301, 221).quantize(100), "PNG")
    pictures["shape-alpha.png"] = saved(photograph(301, 221, "RGBA"), "PNG")
    dark = (np.asarray(photograph(301, 221, "L")).astype(int) * 3)[..., None]
    pictures["shape-16bit.png"] = png(dark, 16, 0)
    return pictures


def decoded_pictures():
    return {**png_pictures(), **jpeg_pictures(), **webp_pictures(), **gif_pictures(), **bmp_pictures(), **dib_pictures(),
            **tga_pictures(), **pnm_pictures()}
