"""Makes TIFF files of every kind that is decoded, as {name: bytes}. Pillow and libtiff's tools write most of them; those
that neither writes are put together here."""

import io
import shutil
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

import pictures

WIDTH, HEIGHT = 75, 53


def tiff(samples, bits, order="<", rows_per_strip=20, big=False, **tags):
    """An uncompressed TIFF of [height, width, channels] samples; `tags` are more tags by number ("t262=2")."""
    height, width, channels = samples.shape
    if tags.get("t284") == 2:  # each channel in a plane of its own, one below the other
        samples = samples.transpose(2, 0, 1).reshape(-1, width, 1)
    if bits in (8, 16, 32):
        rows = samples.astype(samples.dtype.newbyteorder(order)).reshape(len(samples), -1).view(np.uint8)
    else:
        flat = samples.reshape(height, -1).astype(">u2").view(np.uint8).reshape(height, -1, 2)
        rows = np.packbits(np.unpackbits(flat, axis=2)[..., 16 - bits:].reshape(height, -1), axis=1)
    strips = [rows[y:y + rows_per_strip].tobytes() for y in range(0, len(rows), rows_per_strip)]
    start = 16 if big else 8
    offsets = [start + sum(map(len, strips[:i])) for i in range(len(strips))]
    entries = {256: width, 257: height, 258: (bits,) * channels, 259: 1, 262: 1, 273: tuple(offsets), 277: channels,
               278: rows_per_strip, 279: tuple(map(len, strips))}
    entries |= {int(name[1:]): value for name, value in tags.items()}
    return (tiff_header(order, big, offsets[-1] + len(strips[-1])) + b"".join(strips)
            + directory(entries, order, big, offsets[-1] + len(strips[-1])))


def tiff_header(order, big, first):
    mark = b"II" if order == "<" else b"MM"
    return mark + (struct.pack(order + "HHHQ", 43, 8, 0, first) if big else struct.pack(order + "HI", 42, first))


def directory(entries, order, big, at):
    """A directory of tags that lies at the offset `at`; all values are longs but where TIFF has shorts."""
    count, offset, entry = ("Q", "Q", 20) if big else ("H", "I", 12)
    inline = struct.calcsize(offset)
    after = at + struct.calcsize(order + count) + entry * len(entries) + inline
    head, tail = struct.pack(order + count, len(entries)), b""
    for tag, value in sorted(entries.items()):
        values = value if isinstance(value, tuple) else (value,)
        short = tag not in (256, 257, 273, 279, 324, 325)
        data = struct.pack(order + ("H" if short else "I") * len(values), *values)
        if len(data) > inline:
            place, tail = struct.pack(order + offset, after + len(tail)), tail + data
        else:
            place = data.ljust(inline, b"\0")
        head += struct.pack(order + "HH" + offset, tag, 3 if short else 4, len(values)) + place
    return head + struct.pack(order + offset, 0) + tail


def by_pillow():
    photo = pictures.photograph(WIDTH, HEIGHT)
    alpha = photo.convert("RGBA")
    alpha.putalpha(photo.convert("L"))
    made = {}
    for mode in ("1", "L", "P", "RGB", "CMYK", "LA", "RGBA", "I", "F", "I;16"):
        image = alpha.convert(mode) if mode in ("LA", "RGBA") else photo.convert("L").convert("I").convert("I;16") \
            if mode == "I;16" else photo.convert(mode)
        for compression in (None, "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits", "zstd", "lzma"):
            if compression and mode == "LA" and compression == "lzma":
                continue
            made[f"{mode.replace(';', '')}-{compression}.tif"] = pictures.saved(image, "TIFF", compression=compression)
    for mode in ("L", "RGB", "CMYK"):
        made[f"{mode}-jpeg.tif"] = pictures.saved(photo.convert(mode), "TIFF", compression="jpeg", quality=80)
    for compression in ("tiff_ccitt", "group3", "group4"):
        made[f"1-{compression}.tif"] = pictures.saved(photo.convert("1"), "TIFF", compression=compression)
    made["pages.tif"] = pictures.saved(photo, "TIFF", save_all=True, append_images=[photo.rotate(180)])
    return made


def by_hand():
    rng = np.random.default_rng(3)
    photo = np.asarray(pictures.photograph(WIDTH, HEIGHT))
    grey = photo[..., :1]
    four = np.concatenate([photo, grey], axis=2)
    premultiplied = np.concatenate([photo.astype(int) * grey // 255, grey], axis=2).astype(np.uint8)
    noise = rng.integers(0, 256, four.shape, np.uint8)  # premultiplied colours above their alpha, too
    made = {}
    for order, name in (("<", "II"), (">", "MM")):
        wide = lambda array: array.astype(np.uint16) * 257 - rng.integers(0, 200, array.shape).astype(np.uint16)
        made |= {
            f"{name}-rgb16.tif": tiff(wide(photo), 16, order, t262=2),
            f"{name}-rgba16.tif": tiff(wide(four), 16, order, t262=2, t338=2),
            f"{name}-premultiplied16.tif": tiff(wide(premultiplied), 16, order, t262=2, t338=1),
            f"{name}-premultiplied.tif": tiff(premultiplied, 8, order, t262=2, t338=1),
            f"{name}-premultiplied-noise.tif": tiff(noise, 8, order, t262=2, t338=1),
            f"{name}-rgbx.tif": tiff(four, 8, order, t262=2, t338=0),
            f"{name}-rgb-two-extra.tif": tiff(np.concatenate([four, grey], axis=2), 8, order, t262=2, t338=(2, 0)),
            f"{name}-cmyk-extra.tif": tiff(np.concatenate([four, grey], axis=2), 8, order, t262=5, t338=0),
            f"{name}-signed16.tif": tiff(grey.astype(np.int16) * 2 - 100, 16, order, t339=2),
            f"{name}-signed32.tif": tiff(grey.astype(np.int32) * 2 - 100, 32, order, t339=2),
            f"{name}-float.tif": tiff(grey.astype(np.float32) * 1.7 - 50.3, 32, order, t339=3),
            f"{name}-float-white-is-zero.tif": tiff(grey.astype(np.float32) * 1.7 - 50.3, 32, order, t339=3, t262=0),
            f"{name}-grey16.tif": tiff(grey.astype(np.uint16) * 2, 16, order),
            f"{name}-palette-alpha.tif": tiff(four[..., 2:], 8, order, t262=3, t338=2,
                                              t320=tuple(int(n) for n in rng.integers(0, 65536, 768))),
        }
    made["II-cmyk16.tif"] = tiff(four.astype(np.uint16) * 255, 16, "<", t262=5)
    made["II-big.tif"] = tiff(photo, 8, "<", big=True, t262=2)  # Pillow 9.4 reads no other BigTIFF
    made["II-12bit.tif"] = tiff(grey.astype(np.uint16) * 2, 12, "<")
    made["II-12bit-even.tif"] = tiff(grey[:, :74].astype(np.uint16) * 2, 12, "<")
    made["II-grey16-white-is-zero.tif"] = tiff(grey.astype(np.uint16) * 2, 16, "<", t262=0)
    made["II-unsigned32.tif"] = tiff(rng.integers(-300, 600, grey.shape).astype(np.int32), 32, "<")
    for bits in (1, 2, 4, 8):
        few = (grey >> (8 - bits)).astype(np.uint8 if bits == 8 else np.uint16)
        colors = tuple(int(n) for n in rng.integers(0, 65536, 3 << bits))
        made[f"white-is-zero-{bits}.tif"] = tiff(few, bits, "<", t262=0)
        made[f"black-is-zero-{bits}.tif"] = tiff(few, bits, ">", t262=1)
        made[f"palette-{bits}.tif"] = tiff(few, bits, "<", t262=3, t320=colors)
        made[f"fill-order-{bits}.tif"] = tiff(few, bits, "<", t262=1, t266=2)
    return made


def converted(data, tool, *options, more=()):
    """`data` after a tool of libtiff has copied it."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.tif", Path(folder) / "target.tif"
        source.write_bytes(data)
        subprocess.run([tool, *options, str(source), str(target)], check=True, capture_output=True)
        return target.read_bytes()


def by_tools():
    """Tiles, planes, and YCbCr; nothing where libtiff's tools are not installed."""
    if shutil.which("tiffcp") is None:
        return {}
    photo = pictures.photograph(WIDTH, HEIGHT)
    alpha = photo.convert("RGBA")
    alpha.putalpha(photo.convert("L"))
    files = {"rgb": pictures.saved(photo, "TIFF"), "rgba": pictures.saved(alpha, "TIFF"),
             "cmyk": pictures.saved(photo.convert("CMYK"), "TIFF"), "grey": pictures.saved(photo.convert("L"), "TIFF"),
             "palette": pictures.saved(photo.convert("P"), "TIFF"), "bits": pictures.saved(photo.convert("1"), "TIFF"),
             "rgb16": tiff(np.asarray(photo).astype(np.uint16) * 255, 16, t262=2)}
    made = {}
    for name, data in files.items():
        for compression in ("none", "lzw:2", "zip", "packbits"):
            if compression == "lzw:2" and name == "bits":
                continue
            made[f"{name}-tiles-{compression}.tif"] = converted(data, "tiffcp", "-t", "-w", "32", "-l", "16", "-c",
                                                                compression)
            if name not in ("rgb16", "grey", "palette", "bits"):
                made[f"{name}-planes-{compression}.tif"] = converted(data, "tiffcp", "-p", "separate", "-r", "7", "-c",
                                                                     compression)
                made[f"{name}-planes-tiles-{compression}.tif"] = converted(
                    data, "tiffcp", "-p", "separate", "-t", "-w", "16", "-l", "32", "-c", compression)
    planes = tiff(np.asarray(photo).astype(np.uint16) * 255, 16, rows_per_strip=HEIGHT, t262=2, t284=2)
    made["rgb16-planes.tif"] = converted(planes, "tiffcp", "-c", "zip")
    made["ycbcr-jpeg.tif"] = converted(files["rgb"], "tiffcp", "-c", "jpeg:80", "-r", "16")
    made["ycbcr-jpeg-tiles.tif"] = converted(files["rgb"], "tiffcp", "-c", "jpeg:80", "-t", "-w", "32", "-l", "32")
    made["rgb-jpeg-raw.tif"] = converted(files["rgb"], "tiffcp", "-c", "jpeg:r:80", "-r", "16")
    made["big-endian.tif"] = converted(files["rgb"], "tiffcp", "-B", "-c", "lzw")
    made["fill-order-group4.tif"] = converted(files["bits"], "tiffcp", "-f", "lsb2msb", "-c", "g4")
    return made


def subsampled():
    """YCbCr without JPEG: blocks of 2×2 greys and two colours, in strips of 8 rows."""
    rng = np.random.default_rng(4)
    width, height = 64, 40
    blocks = rng.integers(0, 256, (height // 2, width // 2, 6), np.uint8)
    rows = blocks.reshape(height // 2, -1)
    strips = [zlib.compress(rows[y:y + 4].tobytes()) for y in range(0, height // 2, 4)]
    offsets = [8 + sum(map(len, strips[:i])) for i in range(len(strips))]
    end = 8 + sum(map(len, strips))
    entries = {256: width, 257: height, 258: (8, 8, 8), 259: 8, 262: 6, 273: tuple(offsets), 277: 3, 278: 8,
               279: tuple(map(len, strips)), 530: (2, 2)}
    return {"ycbcr-deflate.tif": tiff_header("<", False, end) + b"".join(strips) + directory(entries, "<", False, end)}


def decoded_files():
    return by_pillow() | by_hand() | by_tools() | subsampled()


def turned_files():
    photo = pictures.photograph(WIDTH, HEIGHT)
    return {f"turned-{orientation}.tif": pictures.saved(photo, "TIFF", compression=compression, tiffinfo={274: orientation})
            for orientation, compression in zip(range(1, 9), (None, "tiff_lzw") * 4)}
