"""The record of a run, in one JSON file: samples, machine, versions, and what was skipped."""
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from processes import Failed

FLAGS = ("avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


def cpu_information():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    found = {}
    for name, value in pairs:
        found.setdefault(name.strip(), value.strip())
    return found


def cpu_flags():
    present = set(cpu_information().get("flags", "").split())
    return [flag for flag in FLAGS if flag in present]


def machine():
    lscpu = json.loads(subprocess.run(["lscpu", "-J"], capture_output=True, text=True, check=True).stdout)["lscpu"]
    values = {entry["field"].rstrip(":"): entry["data"] for entry in flattened(lscpu)}
    kept = ("CPU family", "Model", "Stepping", "Thread(s) per core", "L2", "L2 cache", "L3", "L3 cache")
    return {"cpu": values.get("Model name", platform.machine()),
            "lscpu": {key: values[key] for key in kept if key in values}, "flags": cpu_flags(),
            "cores": len(os.sched_getaffinity(0)), "kernel": platform.release(),
            "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1)}


def flattened(entries):
    for entry in entries:
        yield entry
        yield from flattened(entry.get("children", []))


def versions():
    packages = ("torch", "onnxruntime", "openvino", "onnx", "numpy", "pillow", "safetensors")
    compiler = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True).stdout.strip()
    return {"python": platform.python_version(), "g++": compiler,
            **{package: importlib.metadata.version(package) for package in packages}}


class Record:
    def __init__(self, output, limit_minutes, about):
        self.output, self.begin, self.limit = output, time.monotonic(), 60 * limit_minutes
        self.content = {**about, "load_average": {"begin": os.getloadavg()}, "results": [], "skipped": [],
                        "seconds": {}}

    def within_time(self):
        if time.monotonic() - self.begin > self.limit:
            raise Failed(f"the time limit of {self.limit / 60:.0f} minutes was reached")

    def add(self, key, peer, result):
        self.content["results"].append({**key, "peer": peer, **result})

    def note(self, key, peer, more):
        for result in self.content["results"]:
            if result["peer"] == peer and all(result.get(name) == value for name, value in key.items()):
                result.update(more)

    def skip(self, key, peer, why):
        entry = {**key, "peer": peer, "why": str(why)}
        if entry not in self.content["skipped"]:
            self.content["skipped"].append(entry)
            print(f"    {peer}: skipped: {why}", file=sys.stderr)

    def part(self, name, run):
        """Runs a part, prints how long it took, and writes all samples so far."""
        print(f"==> {name}", file=sys.stderr, flush=True)
        begin = time.monotonic()
        try:
            run()
        except Exception as failure:  # the other parts are still useful
            self.skip({"part": name}, "all", f"{type(failure).__name__}: {failure}")
        self.content["seconds"][name] = round(time.monotonic() - begin, 1)
        self.content["load_average"]["end"] = os.getloadavg()
        self.output.write_text(json.dumps(self.content, indent=1) + "\n")
