"""Classifies on an Apache Spark cluster: images from any storage that Spark reads, rows to Parquet.

    spark-submit scale/spark.py s3a://bucket/photos labels.parquet -- --model resnet18

Each task sends its images as a tar stream through one imnet process. imnet and its weights must be installed on all
nodes (--imnet names the program). Spark repeats a task that is lost. The table has one row for each image, even if the
image failed:

    path string, top array<struct<index int, wnid string, label string, prob float>>,
    error struct<kind string, message string>
"""
import argparse
import io
import json
import subprocess
import tarfile
import threading

from pyspark.sql import SparkSession
from pyspark.sql.types import ArrayType, FloatType, IntegerType, StringType, StructField, StructType

PREDICTION = StructType([StructField("index", IntegerType()), StructField("wnid", StringType()),
                         StructField("label", StringType()), StructField("prob", FloatType())])
ERROR = StructType([StructField("kind", StringType()), StructField("message", StringType())])
ROW = StructType([StructField("path", StringType()), StructField("top", ArrayType(PREDICTION)),
                  StructField("error", ERROR)])


def send(images, paths, stream, failures):
    """Writes (path, bytes) as members 0, 1, 2 … of a tar stream, and appends the paths in that order."""
    try:
        with stream, tarfile.open(fileobj=stream, mode="w|", format=tarfile.USTAR_FORMAT) as archive:
            for path, content in images:
                member = tarfile.TarInfo(str(len(paths)))
                member.size = len(content)
                paths.append(path)
                archive.addfile(member, io.BytesIO(content))
    except BrokenPipeError:
        pass  # imnet has ended; classify() looks at its exit status
    except Exception as error:
        failures.append(error)


def row_of(line, path):
    """One line of JSON as a row of the table; missing members are null."""
    row = json.loads(line)
    top = row.get("top")
    error = row.get("error")
    return (path, top and [(entry["index"], entry.get("wnid"), entry["label"], entry["prob"]) for entry in top],
            error and (error["kind"], error["message"]))


def classify(images, command):
    """Sends the images of one task through one process and yields their rows in the same order."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    paths, failures = [], []
    sender = threading.Thread(target=send, args=(images, paths, process.stdin, failures), daemon=True)
    sender.start()
    count = 0
    try:
        for count, line in enumerate(process.stdout, start=1):
            if count > len(paths):
                raise RuntimeError(f"imnet gave more rows than images: {line.decode().strip()}")
            yield row_of(line, paths[count - 1])
        sender.join()
        status = process.wait()
    finally:
        process.kill()
    if failures:
        raise failures[0]
    if status not in (0, 1) or count != len(paths):  # 1: an image failed and has its row
        raise RuntimeError(f"imnet ended with status {status} after {count} of {len(paths)} images")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], usage="spark-submit scale/spark.py "
                                     "[--imnet PROGRAM] [--glob PATTERN] FOLDER OUT.parquet [-- IMNET-OPTION…]")
    parser.add_argument("folder", help="folder of the images, searched recursively")
    parser.add_argument("out", help="the Parquet table to write; it must not exist")
    parser.add_argument("options", nargs="*", help="options of imnet, after --")
    parser.add_argument("--imnet", default="imnet", help="the program on the nodes")
    parser.add_argument("--glob", default="*", help="only files whose names match this pattern")
    arguments = parser.parse_args()

    spark = SparkSession.builder.appName("imnet").getOrCreate()
    threads = spark.conf.get("spark.task.cpus", "1")
    command = [arguments.imnet, "--threads", threads, *arguments.options, "--format", "jsonl", "--quiet", "--all",
               "--tar", "-"]
    images = (spark.read.format("binaryFile").option("recursiveFileLookup", "true")
                .option("pathGlobFilter", arguments.glob).load(arguments.folder).select("path", "content"))
    rows = images.rdd.mapPartitions(lambda partition: classify(partition, command))
    spark.createDataFrame(rows, ROW, verifySchema=False).write.parquet(arguments.out)


if __name__ == "__main__":
    main()
