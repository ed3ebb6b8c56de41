"""imnet, as a user runs it. Measures that an older program does not have are skipped with a message."""
import json
import re
import subprocess
import tempfile

import processes

LIBTORCH = "imnet, libtorch engine"


class Imnet:
    def __init__(self, program, folder, reference):
        self.program, self.folder, self.reference = program, folder, reference
        self.weights = folder / "net.safetensors"
        self.help = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
        self.can_bench = re.search(r"^  bench\b", self.help, re.MULTILINE) is not None

    def offers(self, option):
        return re.search(rf"^ +(-\w, )?{option}\b", self.help, re.MULTILINE) is not None

    def version(self):
        return subprocess.run([self.program, "--version"], capture_output=True, text=True).stdout.split("\n")[0]

    def engines(self):
        """Name -> engine, for the net alone."""
        return {"imnet": "onednn", LIBTORCH: "torch"}

    def why_not(self, precision):
        return None if precision == "fp32" or self.offers("--precision") else "this imnet has no --precision"

    def command(self, paths, precision, draft=False, engine=None):
        return [self.program, "--weights", self.weights, "-k", "1", "--format", "jsonl", "-q",
                *(["--precision", precision] if precision != "fp32" else []), *(["--engine", engine] if engine else []),
                *(["--draft"] if draft else []), *paths]

    def classify(self, paths, precision, timeout, draft=False, engine=None, watch_memory=False):
        """-> (what processes.run returns, {path: class})"""
        with tempfile.TemporaryFile() as rows:
            done = processes.succeed(self.command(paths, precision, draft, engine), folder=self.folder,
                                     timeout=timeout, watch_memory=watch_memory, output=rows)
            rows.seek(0)
            found = [json.loads(line) for line in rows]
        return done, {row["path"]: row["top"][0]["index"] for row in found}


class Bench:
    """`imnet bench` with the interface of processes.Server; each order starts a process.

    It prints {"machine": {…}, "versions": {…}, "runs": [{"engine", "precision", "batch", "threads",
    "images_per_second": [samples], "latency_ms": [samples]}]}: images_per_second is measured with every
    thread on its own batches, latency_ms with all threads on one batch.
    """

    def __init__(self, imnet, engine, precision, cpus, batch, timeout):
        self.imnet, self.precision, self.engine, self.timeout, self.check = imnet, precision, engine, timeout, None
        self.setting = {"engine": engine, "batch": batch, "threads": len(cpus)}
        self.command = ["taskset", "-c", ",".join(map(str, cpus)), imnet.program, "bench", "--format", "json",
                        "--engine", engine, "--precision", precision, "--batch", str(batch),
                        "--threads", str(len(cpus)), "--weights", imnet.weights]

    def ready(self):
        pass

    def compare(self):
        """Nothing: it prints no logits. The labels of files are compared."""
        engine = self.engine if self.imnet.offers("--engine") else None
        paths = self.imnet.reference.paths("small")
        _, labels = self.imnet.classify(paths, self.precision, self.timeout, engine=engine)
        self.check = self.imnet.reference.check(labels, self.precision)

    def ask(self, order):
        with tempfile.TemporaryFile() as out:
            processes.succeed(self.command, folder=self.imnet.folder, timeout=self.timeout, output=out)
            out.seek(0)
            runs = json.load(out)["runs"]
        if len(runs) != 1:
            raise processes.Failed(f"imnet bench gave {len(runs)} runs, not one")
        if order["do"] == "latency":
            return runs[0]["latency_ms"]
        rates = sorted(runs[0]["images_per_second"])
        return rates[len(rates) // 2]

    def close(self):
        pass
