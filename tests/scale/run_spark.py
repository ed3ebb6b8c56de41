"""Runs scale/spark.py with each of the named programs and prints each table as one line of JSON."""
import json
import pathlib
import runpy
import sys

from pyspark.sql import SparkSession

script = pathlib.Path(__file__).resolve().parents[2] / "scale" / "spark.py"
photos, *programs = sys.argv[1:]
for number, program in enumerate(programs):
    table = f"rows-{number}.parquet"
    sys.argv[1:] = ["--imnet", program, photos, table, "--", "--no-weights", "--model", "resnet18"]
    runpy.run_path(str(script), run_name="__main__")
    rows = SparkSession.builder.getOrCreate().read.parquet(table).orderBy("path").collect()
    print(json.dumps([row.asDict(recursive=True) for row in rows]))
