"""OpenVINO on its CPU plugin, in latency and throughput mode."""
import numpy as np
import openvino
from openvino import properties

import thread_pool
from nets import load_description
from pixels import Pixels

TYPES = {"fp32": openvino.Type.f32, "bf16": openvino.Type.bf16}


def model_of(core, folder, batch, from_bytes):
    """With from_bytes the net takes [batch, side, side, 3] uint8 and normalises in its graph."""
    read = Pixels(load_description(folder))
    model = core.read_model(folder / "net.onnx")
    model.reshape([batch, 3, read.crop, read.crop])
    if not from_bytes:
        return model
    steps = openvino.preprocess.PrePostProcessor(model)
    steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout("NCHW"))
    mean = -read.shift / read.scale
    steps.input().preprocess().convert_element_type(openvino.Type.f32).mean(mean.ravel().tolist()) \
        .scale((1 / read.scale).ravel().tolist())
    return steps.build()


def options(precision, threads, streams, mode):
    return {"PERFORMANCE_HINT": mode, "NUM_STREAMS": str(streams), "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": TYPES[precision].get_type_name()}


class Model:
    def __init__(self, folder, precision, batch, threads, streams, mode, own_decoding=None):
        self.batch, self.workers, self.own_decoding = batch, streams, own_decoding
        self.pixels = Pixels(load_description(folder))
        core = openvino.Core()
        model = model_of(core, folder, batch, from_bytes=own_decoding is not None)
        self.net = core.compile_model(model, "CPU", options(precision, threads, streams, mode))
        used = self.net.get_property(properties.hint.inference_precision())
        if used != TYPES[precision]:
            raise RuntimeError(f"asked for {precision}, it would compute in {used}")

    def native(self, images):
        return images

    def worker(self):
        request = self.net.create_infer_request()
        return lambda images: request.infer(images, share_inputs=True, share_outputs=True)[0]

    def logits(self, output):
        return np.array(output)

    def classify(self, paths, draft):
        return thread_pool.classify(paths, lambda path: self.pixels.cropped(path, draft), self.batch, True,
                                    self.workers, self.own_decoding, self.worker)


def configured(core, folder, precision, threads):
    core.set_property({"CACHE_DIR": str(folder / f"openvino-{precision}")})
    return options(precision, threads, 1, "LATENCY")


def prepare_first_label(folder, precision, cores):
    core = openvino.Core()
    model = model_of(core, folder, 1, from_bytes=True)
    openvino.save_model(model, folder / "net-u8.xml", compress_to_fp16=False)
    net = core.compile_model(model, "CPU", options(precision, cores, 1, "LATENCY"))
    (folder / f"net-{precision}.blob").write_bytes(net.export_model().getvalue())
    with_cache = openvino.Core()
    with_cache.compile_model(str(folder / "net-u8.xml"), "CPU", configured(with_cache, folder, precision, cores))


def first_label(folder, precision, path, setting):
    core = openvino.Core()
    if setting["from"] == "compiled blob":
        net = core.import_model((folder / f"net-{precision}.blob").read_bytes(), "CPU",
                                options(precision, setting["threads"], 1, "LATENCY"))
    else:
        net = core.compile_model(str(folder / "net-u8.xml"), "CPU",
                                 configured(core, folder, precision, setting["threads"]))
    return int(net(Pixels(load_description(folder)).cropped(path)[None])[0].argmax())
