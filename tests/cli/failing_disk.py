"""Simulates a disk that fails, or is full, at a chosen call: failing_disk.c is preloaded into the program."""
import os
import shutil
import subprocess

import pytest


@pytest.fixture(scope="session")
def failing_disk(tmp_path_factory):
    """The environment in which calls on the files of a folder fail."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler")
    library = tmp_path_factory.mktemp("shim") / "failing_disk.so"
    source = os.path.join(os.path.dirname(__file__), "failing_disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return lambda folder, call, at, error=5: {
        "LD_PRELOAD": library, "FAIL_FOLDER": folder, "FAIL_CALL": call, "FAIL_AT": at, "FAIL_ERRNO": error}
