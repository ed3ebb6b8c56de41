"""Runs the real program."""
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("IMNET_BUILD", ROOT / "build" / "release"))
PROGRAM = BUILD / "bin" / "imnet"
SAMPLES = ROOT / "samples"


def imnet(*words, stdin=b"", cwd=ROOT, timeout=300, **environment):
    """Runs imnet with these arguments and returns the finished process, with its output as bytes."""
    return subprocess.run(
        [PROGRAM, *words], input=stdin, capture_output=True, cwd=cwd, timeout=timeout,
        env={**os.environ, **{name: str(value) for name, value in environment.items()}})


def quick(*words, **more):
    """imnet with a small net of random weights, for tests that do not depend on the predictions."""
    return imnet("--no-weights", "--model", "resnet18", *words, **more)
