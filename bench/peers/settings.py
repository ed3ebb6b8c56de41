"""The settings that are tried for each peer. The best of them is timed."""

NAMES = {"eager": "PyTorch", "compile": "PyTorch, compiled", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO"}


def teams(cores):
    """All cores for one batch, or one batch for each core."""
    return [{"threads": cores, "workers": 1}] + ([{"threads": 1, "workers": cores}] if cores > 1 else [])


def eager(measure, cores):
    if measure == "files":  # together with a DataLoader that has one process for each core
        return [{"batch": batch, "threads": cores, "workers": 1, "channels_last": True} for batch in (8, 32)]
    if measure == "cold":
        return [{"threads": cores, "channels_last": layout} for layout in (True, False)]
    chosen = teams(cores) if measure == "throughput" else teams(cores)[:1]
    return [{"batch": 8 if measure == "throughput" else 1, **team, "channels_last": layout}
            for team in chosen for layout in (True, False)]


def compiled(measure, cores):
    """With freezing. inductor chooses the memory layout in the net."""
    if measure == "cold":
        return []  # it compiles for seconds
    return [setting for setting in eager(measure, cores) if setting["channels_last"] and setting["batch"] != 32]


def onnxruntime(measure, cores):
    if measure == "latency":
        return [{"batch": 1, **teams(cores)[0]}]
    if measure == "cold":
        return [{"threads": cores, "file": file} for file in ("net.onnx", "net-optimised.onnx")]
    if measure == "files":
        return [{"batch": 8, **teams(cores)[0], "own_decoding": False}] + [
            {"batch": 8, **teams(cores)[-1], "own_decoding": own} for own in (False, True)]
    return [{"batch": batch, **team} for team in teams(cores) for batch in (1, 8)]


def openvino(measure, cores):
    if measure == "latency":
        return [{"batch": 1, "threads": cores, "streams": 1, "mode": "LATENCY"}]
    if measure == "cold":
        return [{"threads": cores, "from": source} for source in ("model cache", "compiled blob")]
    if measure == "files":  # the net takes bytes and normalises them itself
        return [{"batch": batch, "threads": cores, "streams": cores, "mode": "THROUGHPUT", "own_decoding": own}
                for batch in (1, 8) for own in (False, True)]
    return [{"batch": batch, "threads": cores, "streams": streams, "mode": "THROUGHPUT"}
            for streams in sorted({1, cores}) for batch in (1, 8)]


TRIED = {"eager": eager, "compile": compiled, "onnxruntime": onnxruntime, "openvino": openvino}


def why_not(peer, precision):
    """Why the peer does not have this measure, or None."""
    if peer == "onnxruntime" and precision == "bf16":
        return "ONNX Runtime has no bf16 on x86 CPUs"
    return None
