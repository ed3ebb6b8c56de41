"""What the tests of inputs share: rows, tiny pictures and archives of them."""
import io
import json
import os
import tarfile
import zipfile

import pytest

from program import quick


RED, GREEN = (b"P6\n1 1\n255\n" + colour for colour in (b"\xff\0\0", b"\0\xff\0"))


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Every test runs in its own folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(*words, **more):
    """(path, kind of error or None) of all rows."""
    done = quick("--format", "jsonl", "-k1", "--quiet", *words, cwd=os.getcwd(), **more)
    assert done.returncode in (0, 1), done.stderr
    return [(row["path"], row.get("error", {}).get("kind")) for row in map(json.loads, done.stdout.splitlines())]


def message(*words, **more):
    """The one error of a run."""
    done = quick("--format", "jsonl", "-k1", *words, cwd=os.getcwd(), **more)
    assert done.returncode == 1
    [error] = [row["error"] for row in map(json.loads, done.stdout.splitlines()) if "error" in row]
    return f"{error['kind']}: {error['message']}"


def paths(*words, **more):
    """The paths of all rows; no row may be an error."""
    found = rows(*words, **more)
    assert all(kind is None for _, kind in found), found
    return [path for path, _ in found]


def info(name, size=0, **more):
    entry = tarfile.TarInfo(name)
    entry.size = size
    for field, value in more.items():
        setattr(entry, field, value)
    return entry


def tar_bytes(members, form=tarfile.PAX_FORMAT):
    """A tar archive of (name or TarInfo, bytes)."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for member, data in members:
            archive.addfile(info(member, len(data)) if isinstance(member, str) else member, io.BytesIO(data))
    return packed.getvalue()


def zip_bytes(members, method=zipfile.ZIP_DEFLATED, to=None):
    packed = to or io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def write(name, data=RED):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "wb") as file:
        file.write(data)


SHARD = [("0002.ppm", RED), ("0002.cls", b"7"), ("0001.ppm", GREEN), ("0001.cls", b"8"), ("a/b.PPM", RED)]
