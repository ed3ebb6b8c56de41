"""Makes what cameras' raw files look like around their previews, as {name: bytes}: no camera's own file is here."""

import struct

import pictures
from tiff_files import directory, tiff_header

SENSOR = bytes(range(256)) * 8  # what a decoder of previews passes over


def preview(width, height):
    return pictures.saved(pictures.photograph(width, height), "JPEG", quality=85)


def raw(large, small, order="<", tags=None, below=None, beginning=None, orientation=6):
    """A TIFF file with a small and a large JPEG picture and the sensor's data; `tags` are those of the first directory,
    `below` those of a directory below it."""
    start = 64
    data = small + SENSOR + large + SENSOR
    at = start + len(data)
    below_at = at + 400
    entries = {256: 16, 257: 16, 274: orientation, 330: below_at} | (tags or {})
    first = directory(entries, order, False, at)
    lower = directory({256: 32, 257: 32} | (below or {}), order, False, below_at)
    header = tiff_header(order, False, at)
    if beginning:
        header = beginning + header[len(beginning):]
    return header.ljust(start, b"\0") + data + first.ljust(400, b"\0") + lower


def files(large, small):
    filter_array = {262: 32803}
    box = lambda kind, data: struct.pack(">I", len(data) + 8) + kind + data
    turned = tiff_header("<", False, 8) + directory({274: 6}, "<", False, 8)
    cr2 = bytearray(raw(large, small))
    cr2[8:12] = b"CR\2\0"
    return {
        "a.dng": raw(large, small, tags={50706: 1}, below=filter_array),
        "b.dng": raw(large, small, ">", tags={50706: 1}, below={262: 34892}),
        "a.nef": raw(large, small, ">", below=filter_array | {259: 34713}),
        "a.arw": raw(large, small, below=filter_array | {259: 32767}),
        "a.pef": raw(large, small, ">", tags=filter_array | {259: 65535}),
        "a.cr2": bytes(cr2),
        "a.orf": raw(large, small, beginning=b"IIRO"),
        "a.rw2": raw(large, small, beginning=b"IIU\0"),
        "a.cr3": box(b"ftyp", b"crx \0\0\0\1crx isom") + box(b"moov", box(b"CMT1", turned)) + box(b"mdat", SENSOR + large),
    }


def raf(large):
    """Fujifilm's file does not state an orientation; its preview does."""
    return b"FUJIFILMCCD-RAW 0201FF383501X-T1".ljust(148, b"\0") + large + SENSOR
