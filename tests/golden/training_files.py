"""What training scripts save, made with PyTorch and small classes that have the names of the tools' own, so that the
pickles name them. Each function gives the object that the tool passes to torch.save, and the state dict in it."""
import argparse
import collections
import contextlib
import datetime
import decimal
import enum
import pathlib
import sys
import types

import torch

try:
    import numpy
except ImportError:
    numpy = None


@contextlib.contextmanager
def classes_of(module, *names, base=object):
    """Classes of these names in a module of that name, for as long as the pickle is written."""
    made = [type(name, (base,), {"__module__": module}) for name in names]
    before = {}
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        name = ".".join(parts[:end])
        before[name] = sys.modules.get(name)
        sys.modules[name] = types.ModuleType(name)
    for each in made:
        setattr(sys.modules[module], each.__name__, each)
    try:
        yield made
    finally:
        for name, old in before.items():
            if old is None:
                del sys.modules[name]
            else:
                sys.modules[name] = old


class Phase(enum.Enum):
    TRAIN = "train"


class Trainer:
    class Settings:
        """A class inside a class, which protocol 2 names by a call of getattr."""


def things():
    """Objects that people keep beside the weights."""
    settings = Trainer.Settings()
    settings.phase = Phase.TRAIN
    values = {"args": argparse.Namespace(model="resnet50", lr=0.1, betas=(0.9, 0.999), output=pathlib.Path("/tmp/run")),
              "started": datetime.datetime(2026, 8, 1, 12, 30), "took": datetime.timedelta(hours=3),
              "price": decimal.Decimal("1.5"), "counts": collections.defaultdict(list, {"a": [1, 2]}),
              "seen": collections.Counter("abca"), "phase": Phase.TRAIN, "settings": settings,
              "range": range(3), "slice": slice(1, 2), "bytes": b"raw", "array": bytearray(b"raw"), "complex": 1j,
              "frozen": frozenset({1, 2}), "deque": collections.deque([1.5], maxlen=10), "none": type(None),
              "generator": torch.Generator().get_state(), "big": 10**40, "text": "é" * 300, "loss": torch.nn.CrossEntropyLoss(),
              "device": torch.device("cpu"), "dtype": torch.float16, "size": torch.Size([2, 3])}
    if numpy is not None:
        values |= {"best": numpy.float64(76.1), "history": numpy.arange(300.0), "rng": numpy.random.get_state()}
    return values


def optimizer(net):
    made = torch.optim.AdamW(net.parameters(), weight_decay=0)
    for parameter in net.parameters():
        parameter.grad = torch.zeros_like(parameter)
    made.step()
    return made


def prefixed(prefix, named):
    return collections.OrderedDict((prefix + name, tensor) for name, tensor in named.items())


def averaged(named):
    return collections.OrderedDict((name, tensor + 1 if tensor.is_floating_point() else tensor)
                                   for name, tensor in named.items())


def torchvision(net):
    """references/classification/train.py"""
    made = optimizer(net)
    schedule = torch.optim.lr_scheduler.StepLR(made, 30)
    return {"model": net.state_dict(), "optimizer": made.state_dict(), "lr_scheduler": schedule.state_dict(), "epoch": 3,
            "args": argparse.Namespace(model="resnet50", output_dir=".", data_path="/data", weights=None, gpu=0),
            "scaler": {"scale": 65536.0, "growth_factor": 2.0},
            "model_ema": {"n_averaged": torch.tensor(4), **prefixed("module.", averaged(net.state_dict()))}}


def timm(net):
    """timm.utils.CheckpointSaver"""
    return {"epoch": 3, "arch": "resnet50", "state_dict": net.state_dict(), "optimizer": optimizer(net).state_dict(),
            "version": 2, "args": argparse.Namespace(model="resnet50", img_size=None, mean=None, crop_pct=0.95),
            "amp_scaler": {"scale": 1.0}, "state_dict_ema": averaged(net.state_dict()), "metric": 71.5}


@contextlib.contextmanager
def lightning(net):
    """pytorch_lightning.Trainer.save_checkpoint, with the hyper-parameters of save_hyperparameters()"""
    with classes_of("pytorch_lightning.utilities.parsing", "AttributeDict", base=dict) as (attributes,), \
            classes_of("torch_module_of_user", "Backbone"):
        yield {"epoch": 3, "global_step": 100, "pytorch-lightning_version": "2.6.6",
               "state_dict": prefixed("model.", net.state_dict()),
               "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 3}}}},
               "callbacks": {"ModelCheckpoint{'monitor': 'val_acc'}": {"best_model_path": pathlib.PosixPath("a.ckpt"),
                                                                       "best_model_score": torch.tensor(0.7),
                                                                       "best_k_models": {"a.ckpt": torch.tensor(0.7)}}},
               "optimizer_states": [optimizer(net).state_dict()], "lr_schedulers": [],
               "hparams_name": "kwargs", "hyper_parameters": attributes(lr=0.1, arch="resnet50", loss=torch.nn.MSELoss())}


def fastai(net):
    """learn.save(): the state of the optimizer is a list"""
    return {"model": net.state_dict(),
            "opt": {"state": [{"mom": torch.zeros(2), "step": 5} for _ in range(3)], "hypers": [{"lr": 0.1, "mom": 0.9}]}}


def deepspeed(net):
    """mp_rank_00_model_states.pt of DeepSpeedEngine.save_checkpoint"""
    return {"module": net.state_dict(), "buffer_names": ["1.running_mean"], "optimizer": None,
            "param_shapes": [collections.OrderedDict((n, t.shape) for n, t in net.named_parameters())],
            "frozen_param_shapes": None, "shared_params": {}, "frozen_param_fragments": None, "lr_scheduler": None,
            "data_sampler": None, "random_ltd": None, "sparse_tensor_module_names": set(), "skipped_steps": 0,
            "global_steps": 100, "global_samples": 3200, "dp_world_size": 1, "mp_world_size": 1,
            "ds_config": {"train_batch_size": 32, "optimizer": {"type": "AdamW"}}, "ds_version": "0.17.0"}


@contextlib.contextmanager
def mmpretrain(net):
    """mmengine.runner.Runner.save_checkpoint; `state_dict` is the average where an EMAHook runs"""
    with classes_of("mmengine.logging.history_buffer", "HistoryBuffer") as (history,), \
            classes_of("mmengine.config.config", "ConfigDict", base=dict) as (config,):
        buffer = history()
        buffer.__dict__ = {"_history": torch.zeros(2) if numpy is None else numpy.arange(3.0), "_max_length": 1000000}
        yield {"meta": {"epoch": 3, "iter": 100, "cfg": "model = dict(type='ImageClassifier')", "seed": 1,
                        "experiment_name": "resnet50_8xb32", "time": "20260801_120000", "mmengine_version": "0.10.7",
                        "dataset_meta": {"classes": ("cat", "dog")}},
               "state_dict": prefixed("backbone.", net.state_dict()), "optimizer": optimizer(net).state_dict(),
               "message_hub": {"log_scalars": {"train/loss": buffer}, "runtime_info": config(a=1), "resumed_keys": {}},
               "param_schedulers": [{"last_step": 3}],
               "ema_state_dict": {"steps": torch.tensor(5), **prefixed("module.backbone.", averaged(net.state_dict()))}}


def outputs(net):
    return net.fc.bias.shape[0]


def moco(net):
    """main_moco.py"""
    both = {**prefixed("module.encoder_q.", net.state_dict()), **prefixed("module.encoder_k.", averaged(net.state_dict())),
            "module.queue": torch.zeros(outputs(net), 16 * outputs(net)), "module.queue_ptr": torch.zeros(1, dtype=torch.long)}
    return {"epoch": 3, "arch": "resnet50", "state_dict": collections.OrderedDict(both),
            "optimizer": optimizer(net).state_dict()}


def simclr(net):
    """simclr.py of sthalles/SimCLR"""
    return {"epoch": 3, "arch": "resnet50", "state_dict": prefixed("backbone.", net.state_dict()),
            "optimizer": optimizer(net).state_dict()}


def dino(net):
    """main_dino.py"""
    return {"student": prefixed("module.backbone.", net.state_dict()), "optimizer": optimizer(net).state_dict(),
            "teacher": prefixed("backbone.", averaged(net.state_dict())), "epoch": 4,
            "args": argparse.Namespace(arch="resnet50", local_crops_scale=(0.05, 0.4)),
            "dino_loss": {"center": torch.zeros(1, 8)}, "fp16_scaler": {"scale": 1.0}}


def swav(net):
    """main_swav.py"""
    named = {**prefixed("module.", net.state_dict()), "module.prototypes.weight": torch.zeros(5, outputs(net))}
    return {"epoch": 4, "state_dict": collections.OrderedDict(named), "optimizer": optimizer(net).state_dict(),
            "arch": "resnet50", "amp": {"loss_scaler0": {"loss_scale": 1.0}}}


def byol(net):
    """trainer.py of sthalles/PyTorch-BYOL"""
    return {"online_network_state_dict": net.state_dict(), "target_network_state_dict": averaged(net.state_dict()),
            "optimizer_state_dict": optimizer(net).state_dict()}
