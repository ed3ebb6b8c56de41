#!/usr/bin/env python3
"""Writes the tables of README.md and bench/README.md from the samples of bench/peers.

    python bench/table.py                 writes both again
    python bench/table.py RUN/peers.json  shows that run in README.md, and adds it to bench/README.md; a second
                                          run (of other measures, say) needs a place of its own in README.md
    python bench/table.py --check         exit status 1 if a document does not agree with its samples

A table stands between `<!-- peers: bench/runs/RUN/peers.json -->` and `<!-- /peers -->`; `none` holds its place.
"""
import argparse
import json
import re
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"<!-- peers: (?P<run>\S+) -->\n.*?<!-- /peers -->", re.DOTALL)
OURS = ("imnet", "imnet, libtorch engine")
PEERS = ("PyTorch", "PyTorch, compiled", "ONNX Runtime", "OpenVINO")
MORE_IS_BETTER = {"images/s": True, "ms": False, "s": False, "MB": False}
WORDS = {"MB": ("smaller", "larger")}  # for a better and a worse figure; of the other units: faster, slower
NO_RUN = "none"
SHOWN_FIRST = ("model", "files", "cold", "memory")


def value(result):
    """The median of the rounds; a round that has several samples counts with their median."""
    return statistics.median(statistics.median(round_) if isinstance(round_, list) else round_
                             for round_ in result["samples"])


def title(result, run):
    measure, precision = result["measure"], result["precision"]
    counts = {kind: about["count"] for kind, about in run["pictures"].items()}
    if measure == "model":
        cores = "1 core" if result["cores"] == 1 else f"{result['cores']} cores"
        what = "images a second" if result["mode"] == "throughput" else "one image at a time"
        return f"net alone, {what}, {cores}, {precision}"
    if measure == "files":
        draft = ", decoded at a fraction of their size" if result["draft"] else ""
        return f"{kinds(counts)[result['folder']]} to labels{draft}, {precision}"
    if measure == "cold":
        return f"one image, from the start of the process to its label, {precision}"
    return f"peak memory, {dict(kinds({'small': 64, 'large': 16}), one='one image')[result['folder']]}, {precision}"


def kinds(counts):
    return {"small": f"{counts['small']} JPEGs of 500×375", "large": f"{counts['large']} JPEGs of 12 megapixels"}


def rows(run):
    """title -> {peer: result}, in the order of the measures."""
    found = {}
    for measure in SHOWN_FIRST:
        for result in run["results"]:
            if result["measure"] == measure and result["samples"]:
                found.setdefault(title(result, run), {})[result["peer"]] = result
    return found


def number(amount, unit):
    digits = 0 if amount >= 100 or unit == "MB" else 1 if amount >= 10 else 2
    return f"{amount:.{digits}f}"


def ahead(results):
    """(the best peer, how many times better imnet is), or None where one of the two is missing."""
    theirs = {peer: value(results[peer]) for peer in PEERS if peer in results}
    if "imnet" not in results or not theirs:
        return None
    more = MORE_IS_BETTER[results["imnet"]["unit"]]
    best = (max if more else min)(theirs, key=theirs.get)
    ours = value(results["imnet"])
    return best, ours / theirs[best] if more else theirs[best] / ours


def comparison(ratio, unit):
    """"1.06× faster", "1.01× slower", or "the same" where two decimals show no difference."""
    better, worse = WORDS.get(unit, ("faster", "slower"))
    times = f"{max(ratio, 1 / ratio):.2f}"
    return "the same" if times == "1.00" else f"{times}× {better if ratio > 1 else worse}"


def table(head, lines):
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, ["---"] * len(head), *lines))


def in_short(result, run):
    return (result["cores"] == run["machine"]["cores"]
            and (result["measure"] != "files" or not result["draft"])
            and (result["measure"] != "memory" or result["folder"] == "small"))


def short(run):
    """What README.md shows: imnet beside the best peer, all cores."""
    lines = []
    for name, results in rows(run).items():
        found = ahead(results)
        if found and in_short(results["imnet"], run):
            best, ratio = found
            unit = results["imnet"]["unit"]
            lines.append([name, *(f"{number(value(results[peer]), unit)} {unit}" for peer in ("imnet", best)), best,
                          comparison(ratio, unit)])
    return table(["", "imnet", "best peer", "which", "imnet is"], lines)


def described(setting):
    return ", ".join(f"{name.replace('_', ' ')} {shown}".replace(" True", "") for name, shown in setting.items()
                     if shown is not False) or "as it comes"


def long(run):
    """What bench/README.md shows: every peer, the settings that were kept, and what was left out."""
    peers = [peer for peer in (*OURS, *PEERS) if any(peer in results for results in rows(run).values())]
    lines, kept = [], []
    for name, results in rows(run).items():
        unit = next(iter(results.values()))["unit"]
        found = ahead(results)
        lines.append([f"{name}, {unit}", *(number(value(results[peer]), unit) if peer in results else "–"
                                           for peer in peers), comparison(found[1], unit) if found else "–"])
        kept.append([name, *(described(results[peer]["setting"]) if peer in results else "–" for peer in peers)])
    skipped = sorted({left_out(entry) for entry in run["skipped"]})
    parts = [table(["", *peers, "imnet, compared with the best peer"], lines),
             "Settings that were best of those tried:", table(["", *peers], kept)]
    return "\n\n".join(parts + (["Left out:", "\n".join(skipped)] if skipped else []))


def left_out(entry):
    what = {name: entry[name] for name in entry if name not in ("peer", "why")}
    return f"- {entry['peer']}, {described(what)}: {entry['why']}"


def net(run):
    about = run.get("net", {"name": "resnet50", "size": 224})
    name = "ResNet-50" if about["name"] == "resnet50" else about["name"]
    return f"{name}, {about['size']} pixels"


def conditions(run):
    machine, versions = run["machine"], run["versions"]
    flags = ", ".join(machine["flags"])
    shown = ("PyTorch", "torch"), ("ONNX Runtime", "onnxruntime"), ("OpenVINO", "openvino"), ("Pillow", "pillow")
    return (f"{run['date']}, {machine['cores']} cores of {machine['cpu']} ({flags}); "
            f"{versions['imnet']}, {', '.join(f'{name} {versions[package]}' for name, package in shown)}; "
            f"{net(run)}, medians.")


def block(name, render):
    if name == NO_RUN:
        return f"<!-- peers: {name} -->\n<!-- /peers -->"
    run = json.loads((ROOT / name).read_text())
    return f"<!-- peers: {name} -->\n{render(run)}\n<!-- /peers -->"


def front(run):
    return f"{short(run)}\n\n{conditions(run)}\n"


def all_peers(run):
    return f"{conditions(run)}\n\n{long(run)}\n"


DOCUMENTS = {"README.md": front, "bench/README.md": all_peers}


def rewritten(text, render):
    return BLOCK.sub(lambda match: block(match["run"], render), text)


def show(name):
    """Puts a run into both documents: in place of README.md's first, and before the others of bench/README.md."""
    for document, render in DOCUMENTS.items():
        path = ROOT / document
        text = path.read_text()
        first = BLOCK.search(text)
        if first is None:
            sys.exit(f"table.py: {document} has no table: put <!-- peers: {name} --> and <!-- /peers --> "
                     "on lines of their own where it is to stand")
        if name in [match["run"] for match in BLOCK.finditer(text)]:
            continue
        replaced = render is front or first["run"] == NO_RUN
        rest = text[first.end():] if replaced else "\n\n" + text[first.start():]
        path.write_text(text[:first.start()] + block(name, render) + rest)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.run:
        show(options.run.resolve().relative_to(ROOT).as_posix())
    wrong = []
    for document, render in DOCUMENTS.items():
        path = ROOT / document
        text = path.read_text()
        new = rewritten(text, render)
        if new == text:
            continue
        wrong.append(document)
        if not options.check:
            path.write_text(new)
    if options.check and wrong:
        sys.exit(f"table.py: {', '.join(wrong)}: does not agree with the samples: run python bench/table.py")


if __name__ == "__main__":
    main()
