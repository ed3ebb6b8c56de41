"""ONNX Runtime on its CPU provider. It has no bf16 on x86."""
import onnxruntime

import thread_pool
from nets import load_description
from pixels import Pixels


def session_of(file, threads, optimised=False):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    if optimised:  # the file is optimised already
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


class Session:
    def __init__(self, folder, precision, batch, threads, workers, own_decoding=False):
        self.file, self.batch, self.workers, self.own_decoding = folder / "net.onnx", batch, workers, own_decoding
        self.pixels = Pixels(load_description(folder))
        # One session with its own threads for each worker.
        self.sessions = [session_of(self.file, threads) for _ in range(workers)]
        self.given = 0

    def native(self, images):
        return images

    def worker(self):
        session = self.sessions[self.given % self.workers]
        self.given += 1
        return lambda images: session.run(None, {"images": images})[0]

    def logits(self, output):
        return output

    def classify(self, paths, draft):
        read = self.pixels
        return thread_pool.classify(paths, lambda path: read.normalised(read.cropped(path, draft)), self.batch, False,
                                    self.workers, self.own_decoding, self.worker)


def prepare_first_label(folder, precision, cores):
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(folder / "net-optimised.onnx")
    options.log_severity_level = 3  # otherwise it warns that such a file is for this machine only
    onnxruntime.InferenceSession(str(folder / "net.onnx"), options, providers=["CPUExecutionProvider"])


def first_label(folder, precision, path, setting):
    file = folder / setting["file"]
    session = session_of(file, setting["threads"], optimised="optimised" in file.name)
    read = Pixels(load_description(folder))
    image = read.normalised(read.cropped(path))[None]
    return int(session.run(None, {"images": image})[0].argmax())
