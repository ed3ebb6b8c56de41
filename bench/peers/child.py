"""Runs one peer in its own process.

    python bench/peers/child.py '{"do": "serve"|"classify"|"first_label"|"prepare_first_label", …}'

`serve` builds the net and prints a line of JSON. Then it answers each line of JSON on standard input with one on
standard output. The others do one thing and end.
"""
import importlib
import json
import os
import sys
from pathlib import Path

ADAPTERS = {"eager": ("on_pytorch", "Eager"), "compile": ("on_pytorch", "Compiled"),
            "onnxruntime": ("on_onnxruntime", "Session"), "openvino": ("on_openvino", "Model")}


def check(net, folder, precision):
    """The difference of 16 images' logits from PyTorch's in fp32, by their deviation. Raises if it is large."""
    import numpy as np

    images, expected = np.load(folder / "small-images.npy")[:16], np.load(folder / "small-logits.npy")
    run, found = net.worker(), []
    for start in range(0, len(images), net.batch):
        found.append(net.logits(run(net.native(images[start:start + net.batch]))).copy())
    found = np.concatenate(found)
    expected = expected[:len(found)]
    error = float(np.sqrt(np.mean((found - expected) ** 2)) / expected.std())
    same = float((found.argmax(1) == expected.argmax(1)).mean())
    if error > (1e-3 if precision == "fp32" else 0.1) or same < (1.0 if precision == "fp32" else 0.8):
        raise RuntimeError(f"this is not the same net: logits off by {error:.3g}, top-1 equal in {same:.0%}")
    return {"images": len(found), "logit_error": error, "same_top1": same}


def time_throughput(net, images, seconds):
    """Images a second, summed over workers that run batches for so many seconds."""
    import threading
    import time

    rates, start_line = [0.0] * net.workers, threading.Barrier(net.workers)

    def work(index):
        run, batch = net.worker(), net.native(images[:net.batch])
        run(batch)
        start_line.wait()
        start, done = time.perf_counter(), 0
        while done == 0 or time.perf_counter() - start < seconds:
            run(batch)
            done += 1
        rates[index] = done * net.batch / (time.perf_counter() - start)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(net.workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if min(rates) == 0:
        raise RuntimeError("a worker failed")
    return sum(rates)


def time_latency(net, images, seconds):
    """Milliseconds of each image, one at a time."""
    import time

    run, times, begin = net.worker(), [], time.perf_counter()
    inputs = [net.native(images[index:index + 1]) for index in range(len(images))]
    run(inputs[0])
    while len(times) < 3 or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        run(inputs[len(times) % len(inputs)])
        times.append(round(1e3 * (time.perf_counter() - start), 3))
    return times


def serve(job, adapter, folder, say):
    import time

    import numpy as np

    net = getattr(adapter, ADAPTERS[job["peer"]][1])(folder, job["precision"], **job["setting"])
    images = np.load(folder / "small-images.npy")
    say("ready")
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "throughput":
            say(time_throughput(net, images, order["seconds"]))
        elif order["do"] == "latency":
            say(time_latency(net, images, order["seconds"]))
        elif order["do"] == "check":
            say(check(net, folder, job["precision"]))
        else:
            start = time.perf_counter()
            labels = net.classify(order["paths"], order["draft"])
            say({"seconds": time.perf_counter() - start, "labels": labels})


def main():
    job = json.loads(sys.argv[1])
    os.sched_setaffinity(0, job["cpus"])
    if "setting" in job:  # before a library with OpenMP is loaded; later it would apply to one thread only
        os.environ["OMP_NUM_THREADS"] = str(job["setting"]["threads"])
    # Output of libraries must not get between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(answer):
        print(json.dumps(answer), file=answers, flush=True)

    folder, adapter = Path(job["folder"]), importlib.import_module(ADAPTERS[job["peer"]][0])
    if job["do"] == "serve":
        serve(job, adapter, folder, say)
    elif job["do"] == "classify":
        net = getattr(adapter, ADAPTERS[job["peer"]][1])(folder, job["precision"], **job["setting"])
        say(net.classify(job["paths"], False))
    elif job["do"] == "first_label":
        say(adapter.first_label(folder, job["precision"], job["path"], job["setting"]))
    else:
        adapter.prepare_first_label(folder, job["precision"], len(job["cpus"]))


if __name__ == "__main__":
    main()
