"""Runs a peer in its own process, with time limits, and measures its memory.

The parent imports no runtime, because the peak that the kernel reports for a child is at least the memory of its
parent.
"""
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")
# By default glibc returns large blocks to the system after each layer. Without that PyTorch is 10 to 15 % faster.
ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "1073741824"}


class Failed(Exception):
    """Why a peer has no number. It is recorded, and the others continue."""


def end(process):
    """Ends a process that leads its own group, and all processes that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def start(command, folder, **pipes):
    environment = {**os.environ, **ENVIRONMENT, "TORCHINDUCTOR_CACHE_DIR": str(Path(folder) / "inductor")}
    return subprocess.Popen([str(word) for word in command], env=environment, start_new_session=True, **pipes)


def child_command(job):
    return [sys.executable, "-W", "ignore", CHILD, json.dumps(job, default=str)]


# An answer of an unexpected form is a failure of that peer, too.
FAILURES = (Failed, ValueError, LookupError, TypeError)


class Server:
    """A peer that builds its net and then answers orders."""

    def __init__(self, job, timeout):
        self.setting, self.log = job["setting"], tempfile.TemporaryFile()
        self.process = start(child_command({"do": "serve", **job}), job["folder"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=self.log)
        self.timeout, self.check = timeout, None

    def ready(self):
        self.answer(self.timeout)

    def ask(self, order):
        try:
            self.process.stdin.write(json.dumps(order, default=str).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # answer() reports it
        return self.answer(self.timeout)

    def compare(self):
        self.check = self.ask({"do": "check"})

    def answer(self, timeout):
        deadline, line = time.monotonic() + timeout, b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            read = os.read(self.process.stdout.fileno(), 1 << 20) if ready else b""
            if not read:
                why = f"no answer in {timeout:.0f} s" if not ready else self.last_words()
                self.close()
                raise Failed(why)
            line += read
        return json.loads(line)

    def last_words(self):
        self.process.wait()
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else f"ended with status {self.process.returncode}"

    def close(self):
        end(self.process)


def tree(pid):
    found = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                found += tree(int(child))
    except OSError:
        pass
    return found


def proportional_kib(pids):
    """Resident memory of all processes, with shared pages counted once."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total


def run(command, folder, timeout, watch_memory=False, output=None):
    """-> {seconds to the end, seconds to the first line, its text, peak MB, status}. output: a file for the rows.

    The peak is the one that the kernel reports for one process. With watch_memory it may be the larger sum over
    several processes.
    """
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        process = start(command, folder, stdout=output or subprocess.PIPE, stderr=log)
        killer = threading.Timer(timeout, lambda: os.killpg(process.pid, signal.SIGKILL))
        killer.start()
        first, first_seconds, peak = b"", None, 0
        if output is None:
            first = process.stdout.readline()
            first_seconds = time.perf_counter() - begin
            process.stdout.read()
        while watch_memory:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            peak = max(peak, proportional_kib(tree(process.pid)))
            time.sleep(0.02)
        else:
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.stdout:
            process.stdout.close()
        log.seek(0)
        words = log.read().decode(errors="replace").strip().splitlines()
    if process.returncode < 0:
        raise Failed(f"not finished after {timeout:.0f} s")
    return {"seconds": seconds, "first_seconds": first_seconds, "first": first.decode(errors="replace").strip(),
            "peak_mb": max(peak, usage.ru_maxrss) / 1024, "status": process.returncode,
            "error": words[-1][:300] if words else ""}


def succeed(*words, **more):
    done = run(*words, **more)
    if done["status"] != 0:
        raise Failed(done["error"] or f"status {done['status']}")
    return done
