"""Times imnet, PyTorch, ONNX Runtime and OpenVINO with the same net and the same images, in one run.

    scripts/setup --for-bench
    .deps/python/bin/python bench/peers --output bench/runs/DATE-CPU/peers.json
    .deps/python/bin/python bench/table.py bench/runs/DATE-CPU/peers.json

It makes a net (ResNet-50, or that of --net) with random weights whose logits differ between images, and makes images from samples/. The
logits or labels of each peer are compared with PyTorch's before it is timed. bench/README.md says what is measured.
A peer that fails or takes too long is recorded as skipped.
"""
import argparse
import datetime
import json
import os
import shlex
import sys
import tempfile
from pathlib import Path

import record
import settings
from cold import cold
from imnet import Imnet
from measures import Comparison
from memory import memory
from processes import succeed
from reference import Reference

MEASURES = ("cold", "model", "files", "memory")
MODES = ("throughput", "latency")


def parse():
    parser = argparse.ArgumentParser(prog="bench/peers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    build = Path(os.environ.get("IMNET_BUILD", "build/release"))
    parser.add_argument("--output", type=Path, default=Path("peers.json"))
    parser.add_argument("--program", type=Path, default=build / "bin" / "imnet", help="[default: %(default)s]")
    parser.add_argument("--net", default="resnet50", help="torchvision's resnet50, or a net of timm [default: %(default)s]")
    parser.add_argument("--measures", nargs="+", choices=MEASURES, default=MEASURES)
    parser.add_argument("--peers", nargs="+", choices=settings.NAMES, default=tuple(settings.NAMES))
    parser.add_argument("--precision", nargs="+", choices=("fp32", "bf16"),
                        help="[default: fp32, and bf16 if the processor has it]")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES, help="of the net alone [default: both]")
    parser.add_argument("--cores", nargs="+", type=int, help="for the net alone [default: all, and 1]")
    parser.add_argument("--small", type=int, default=1000, help="JPEG files of about 500x375 [default: %(default)s]")
    parser.add_argument("--large", type=int, default=96,
                        help="JPEG files of 12 megapixels; the rounds take whole batches [default: %(default)s]")
    parser.add_argument("--rounds", type=int, default=3, help="[default: %(default)s]")
    parser.add_argument("--cold-rounds", type=int, default=5, help="[default: %(default)s]")
    parser.add_argument("--seconds", type=float, default=1.0,
                        help="seconds for one sample of the net alone [default: %(default)s]")
    parser.add_argument("--timeout", type=float, default=180, help="seconds for one answer [default: %(default)s]")
    parser.add_argument("--limit", type=float, default=25,
                        help="minutes after which the rest is skipped [default: %(default)s]")
    parser.add_argument("--work", type=Path, help="keep images, net and caches there [default: a temporary folder]")
    return parser.parse_args()


def prepared(options, folder):
    """Makes images and net, unless an earlier run with the same numbers made them."""
    numbers, made = [options.net, options.small, options.large, options.rounds], folder / "prepared.json"
    if made.exists() and json.loads(made.read_text())["numbers"] == numbers:
        return json.loads(made.read_text())
    if made.exists():
        raise SystemExit(f"bench/peers: {folder} holds images of another run: name another folder with --work")
    command = [sys.executable, "-W", "ignore", Path(__file__).with_name("prepare.py"), folder, *numbers]
    about = {**json.loads(succeed(command, folder=folder, timeout=600)["first"]), "numbers": numbers}
    made.write_text(json.dumps(about))
    return about


def measure(options, folder, log, imnet, cpus):
    comparison = Comparison(options, folder, imnet, log, cpus)
    if "cold" in options.measures:
        for precision in options.precision:
            log.part(f"cold, {precision}", lambda: cold(comparison, precision))
    if "model" in options.measures:
        for precision in options.precision:
            for cores in options.cores or sorted({len(cpus), 1}, reverse=True):
                for mode in options.modes:
                    log.part(f"model, {precision}, {cores} cores, {mode}",
                             lambda: comparison.model(precision, cores, mode))
    if "files" in options.measures:
        for precision in options.precision:
            log.part(f"files, {precision}", lambda: comparison.all_files(precision))
    if "memory" in options.measures:
        for precision in options.precision:
            for kind in ("small", "large") if precision == "fp32" else ("small",):
                log.part(f"memory, {kind}, {precision}", lambda: memory(comparison, kind, precision))


def main():
    options = parse()
    flags = record.cpu_flags()
    has_bf16 = "avx512_bf16" in flags or "amx_bf16" in flags
    options.precision = options.precision or (["fp32", "bf16"] if has_bf16 else ["fp32"])
    options.output.parent.mkdir(parents=True, exist_ok=True)
    cpus = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="imnet-bench-") as temporary:
        folder = (options.work or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        log = record.Record(options.output, options.limit, {
            "date": datetime.date.today().isoformat(), "command": shlex.join(["python", "bench/peers", *sys.argv[1:]]),
            "machine": record.machine(), "versions": record.versions(),
            "precisions": options.precision})
        print("==> prepare", file=sys.stderr)
        log.content.update(prepared(options, folder))
        imnet = Imnet(options.program.resolve(), folder, Reference(folder))
        log.content["versions"]["imnet"] = imnet.version()
        if not has_bf16 and "bf16" not in options.precision:
            log.skip({"precision": "bf16"}, "all", "this processor computes no bf16")
        measure(options, folder, log, imnet, cpus)


if __name__ == "__main__":
    main()
