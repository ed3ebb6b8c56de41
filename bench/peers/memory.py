"""Peak memory of a run over a folder, in separate runs, because measuring memory takes time.

It is the peak that the kernel reports for one process. For several processes it is their sum, sampled 50 times a second
with shared pages counted once, if that is larger.
"""
import settings
from processes import FAILURES, child_command, succeed

FILES = {"small": 64, "large": 16}


def memory(comparison, kind, precision):
    key = {"measure": "memory", "folder": kind, "precision": precision, "cores": len(comparison.cpus)}
    paths, timeout = comparison.files[kind][:FILES[kind]], comparison.options.timeout

    def record(name, setting, run):
        try:
            comparison.record.within_time()
            comparison.record.add(key, name, {"setting": setting, "unit": "MB", "samples": [run()["peak_mb"]]})
        except FAILURES as failure:
            comparison.record.skip(key, name, failure)

    for peer in comparison.options.peers:
        name, setting = settings.NAMES[peer], comparison.best_for_files.get((kind, peer, precision))
        if setting is None:
            comparison.record.skip(key, name, comparison.why_not(name, precision) or "its files were not measured")
            continue
        job = {"do": "classify", "paths": paths, **comparison.job(peer, precision, setting)}
        record(name, setting, lambda: succeed(child_command(job), folder=comparison.folder, timeout=timeout,
                                              watch_memory=True))
    if not comparison.why_not("imnet", precision, bench=False):
        record("imnet", {}, lambda: comparison.imnet.classify(paths, precision, timeout, watch_memory=True)[0])
