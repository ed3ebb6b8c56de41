"""One image from cold: from the start of the process to the line with its label, with files in the page cache."""
import json
import statistics

import settings
from processes import FAILURES, Failed, child_command, succeed

HAVE_TO_PREPARE = ("onnxruntime", "openvino")  # an optimised model, a cache or a compiled blob, as their users do


def commands_of(comparison, key, path):
    """(peer's name, its setting as text) -> (setting, command)"""
    precision, commands = key["precision"], {}
    for peer in comparison.options.peers:
        name, tried = settings.NAMES[peer], settings.TRIED[peer]("cold", len(comparison.cpus))
        why = comparison.why_not(name, precision) or (None if tried else "it compiles for many seconds")
        if why:
            comparison.record.skip(key, name, why)
            continue
        try:
            if peer in HAVE_TO_PREPARE:
                job = {"do": "prepare_first_label", **comparison.job(peer, precision, tried[0])}
                succeed(child_command(job), folder=comparison.folder, timeout=comparison.options.timeout)
        except FAILURES as failure:
            comparison.record.skip(key, name, failure)
            continue
        for setting in tried:
            job = {"do": "first_label", "path": path, **comparison.job(peer, precision, setting)}
            commands[name, str(setting)] = setting, child_command(job)
    why = comparison.why_not("imnet", precision, bench=False)
    if why:
        comparison.record.skip(key, "imnet", why)
    else:
        commands["imnet", ""] = {}, comparison.imnet.command([path], precision)
    return commands


def take_rounds(comparison, key, commands, path):
    """(name, setting) -> what processes.run says of each round"""
    runs, expected = {contestant: [] for contestant in commands}, comparison.reference.labels[path]
    for number in range(-1, comparison.options.cold_rounds):  # the first fills the page cache and is not kept
        for contestant in list(runs):
            try:
                comparison.record.within_time()
                done = succeed(commands[contestant][1], folder=comparison.folder, timeout=comparison.options.timeout)
                said = json.loads(done["first"])
                label = said["top"][0]["index"] if isinstance(said, dict) else said
                if label != expected:
                    raise Failed(f"class {label}, the reference says {expected}")
                if number >= 0:
                    runs[contestant].append(done)
            except FAILURES as failure:
                comparison.record.skip(key, contestant[0], failure)
                del runs[contestant]
    return runs


def cold(comparison, precision):
    key = {"measure": "cold", "precision": precision, "cores": len(comparison.cpus)}
    path = comparison.reference.paths("small")[0]
    commands = commands_of(comparison, key, path)
    runs = take_rounds(comparison, key, commands, path)
    seconds = {contestant: statistics.median(done["first_seconds"] for done in dones)
               for contestant, dones in runs.items() if dones}
    for name in dict.fromkeys(name for name, _ in seconds):
        tried = {contestant: value for contestant, value in seconds.items() if contestant[0] == name}
        best = min(tried, key=tried.get)
        about = {"setting": commands[best][0],
                 "tried": [{"setting": commands[contestant][0], "value": value} for contestant, value in tried.items()]}
        comparison.record.add(key, name, {**about, "unit": "s",
                                          "samples": [run["first_seconds"] for run in runs[best]]})
        comparison.record.add({**key, "measure": "memory", "folder": "one"}, name,
                              {**about, "unit": "MB", "samples": [run["peak_mb"] for run in runs[best]]})
