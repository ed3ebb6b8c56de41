"""The map of the house: includes point one way, from the application down to lib/base."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the bottom up. A room may include itself, the rooms in the lines above its own, and nothing else.
LEVELS = [
    ["lib/base"],
    ["lib/kernels", "lib/codecs", "lib/codecs/printed", "lib/inputs"],
    ["lib/preprocess", "lib/checkpoints", "lib/codecs/tiff",
     "lib/codecs/jpeg2000", "lib/codecs/jxl", "lib/codecs/heif"],
    ["lib/models"],
    ["lib/models/loading"],
    ["lib/engines", "lib/rows"],
    ["lib/engines/onednn", "lib/engines/torch", "lib/runs", "lib/sorting", "lib/datasets"],
    ["lib"],  # classify and benchmark
    ["lib/evaluation", "lib/explanation"],
    ["lib/training"],
    ["app/cli"],
    ["app/resolve"],
    ["app/commands"],
    ["app"],
]
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}

# Headers of large libraries stay in one room.
LIBTORCH = re.compile(r"(torch|ATen|c10)/")
ONEDNN = re.compile(r"oneapi/dnnl|dnnl\.h")
CODEC_LIBRARIES = {"lib/codecs/tiff": re.compile(r"tiff(io|vers)?\.h"), "lib/codecs/jpeg2000": re.compile(r"openjpeg"),
                   "lib/codecs/jxl": re.compile(r"jxl/"),
                   "lib/codecs/heif": re.compile(r"libheif/")}
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def sources(root):
    return sorted(path for folder in ("app", "lib") for path in (root / folder).rglob("*") if path.suffix in (".h", ".cpp"))


def room_of(path, root):
    return path.parent.relative_to(root).as_posix()


def wrong_includes(root):
    """One line for each include that points up or to a library of another room."""
    wrong = []
    for source in sources(root):
        room = room_of(source, root)
        for own, system in INCLUDE.findall(source.read_text(encoding="utf-8")):
            if LIBTORCH.match(system) and room != "lib/engines/torch":
                wrong.append(f"{source.relative_to(root)}: <{system}> belongs in lib/engines/torch")
            if ONEDNN.match(system) and room != "lib/engines/onednn":
                wrong.append(f"{source.relative_to(root)}: <{system}> belongs in lib/engines/onednn")
            for owner, library in CODEC_LIBRARIES.items():
                if library.match(system) and room != owner:
                    wrong.append(f"{source.relative_to(root)}: <{system}> belongs in {owner}")
            header = next((root / folder / own for folder in ("lib", "app") if own and (root / folder / own).exists()), None)
            if header is None:
                continue
            target = room_of(header, root)
            if target != room and LEVEL[target] >= LEVEL[room]:
                wrong.append(f"{source.relative_to(root)}: {own} points up or sideways, from {room} to {target}")
    return wrong


def test_every_folder_is_a_room():
    assert {room_of(source, ROOT) for source in sources(ROOT)} == set(LEVEL)


def test_includes_point_one_way():
    assert wrong_includes(ROOT) == []


@pytest.mark.parametrize(("file", "include", "expected"), [
    ("lib/base/errors.cpp", '"engines/engine.h"', "lib/base/errors.cpp: engines/engine.h points up or sideways, from lib/base to lib/engines"),
    ("lib/codecs/png.cpp", '"inputs/find.h"', "lib/codecs/png.cpp: inputs/find.h points up or sideways, from lib/codecs to lib/inputs"),
    ("lib/engines/engine.cpp", "<torch/torch.h>", "lib/engines/engine.cpp: <torch/torch.h> belongs in lib/engines/torch"),
    ("lib/codecs/decode.cpp", "<tiffio.h>", "lib/codecs/decode.cpp: <tiffio.h> belongs in lib/codecs/tiff"),
    ("lib/kernels/linear.cpp", '<oneapi/dnnl/dnnl.hpp>', "lib/kernels/linear.cpp: <oneapi/dnnl/dnnl.hpp> belongs in lib/engines/onednn"),
])
def test_a_planted_include_is_found(tmp_path, file, include, expected):
    for path in (file, "lib/base/errors.h", "lib/engines/engine.h", "lib/inputs/find.h"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / file).write_text(f'#include "base/errors.h"\n#include {include}\n')
    assert wrong_includes(tmp_path) == [expected]


def test_only_the_command_line_and_its_meaning_see_what_was_typed():
    seen = {room_of(source, ROOT) for source in sources(ROOT) if re.search(r"\bconst Options\b", source.read_text(encoding="utf-8"))}
    assert seen <= {"app", "app/cli", "app/resolve"}


def test_files_and_folders_stay_small():
    long = [f"{source.relative_to(ROOT)}" for source in sources(ROOT)
            if len(source.read_text(encoding="utf-8").splitlines()) > 350]
    assert long == []
    rooms = [room_of(source, ROOT) for source in sources(ROOT) if source.suffix == ".cpp"]
    assert {room: rooms.count(room) for room in set(rooms) if rooms.count(room) > 25} == {}
