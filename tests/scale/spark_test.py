"""scale/spark.py on a real Spark cluster of two executors in separate processes."""
import json
import os
import shutil
import struct
import subprocess

import pytest

import dying_program
import pictures
from program import PROGRAM, ROOT, quick

SPARK = ROOT / ".deps" / "spark" / "bin"
pytestmark = pytest.mark.skipif(not (SPARK / "spark-submit").exists() or not shutil.which("java"),
                                reason="PySpark or Java is not installed (scripts/setup --for-tests installs them)")
NET = ["--no-weights", "--model", "resnet18"]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return pictures.write(tmp_path_factory.mktemp("scale") / "photos")


def float32(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def rows_of_single_run(photos):
    rows = {}
    for line in quick("--threads", "1", "--format", "jsonl", "--all", photos).stdout.decode().splitlines():
        row = json.loads(line)
        for entry in row.get("top", ()):
            entry["prob"] = float32(entry["prob"])
        rows[row["path"]] = (row.get("top"), row.get("error"))
    return rows


def test_the_table_has_the_rows_of_a_single_run(photos, tmp_path):
    program, was_killed = dying_program.write(tmp_path)
    environment = {**os.environ, "PYSPARK_PYTHON": str(SPARK / "python"), "SPARK_LOCAL_IP": "127.0.0.1",
                   "PATH": f"{SPARK}:{os.environ['PATH']}", "SPARK_WORKER_DIR": str(tmp_path / "work"),
                   "SPARK_LOCAL_DIRS": str(tmp_path / "local")}
    environment.pop("SPARK_HOME", None)
    quick_start = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    done = subprocess.run(
        [SPARK / "spark-submit", "--master", "local-cluster[2,1,1024]", "--conf", "spark.ui.enabled=false",
         "--conf", f"spark.driver.extraJavaOptions={quick_start}",
         "--conf", f"spark.executor.extraJavaOptions={quick_start}",
         ROOT / "tests" / "scale" / "run_spark.py", photos, PROGRAM, program],
        cwd=tmp_path, env=environment, capture_output=True)
    log = done.stderr.decode()
    assert done.returncode == 0, log[-5000:]
    assert was_killed() and "Lost task" in log and "imnet ended with status -9" in log

    expected = rows_of_single_run(photos)
    assert len(expected) == pictures.COUNT + 1
    for table in map(json.loads, done.stdout.decode().splitlines()):  # without and with a killed worker
        rows = {row["path"].removeprefix("file:"): (row["top"], row["error"]) for row in table}
        assert len(table) == len(rows) and rows == expected
