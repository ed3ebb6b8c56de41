"""The net of a comparison: how PyTorch makes it, and the preprocessing that it needs."""
import importlib.machinery
import json
import sys
import types

TORCHVISION = {"name": "resnet50", "size": 224, "short_side": 232, "interpolation": "bilinear",
               "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}


class _Names(type):
    """The class of classes that have every attribute: its own name."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return name


class _Unused(types.ModuleType):
    """A module in which every name is a class."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Names(name, (), {})


class _WithoutTorchvision:
    """timm imports torchvision, which has no build for every PyTorch. Its nets use nothing of it."""

    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name.split(".")[0] == "torchvision" else None

    def create_module(self, spec):
        return _Unused(spec.name)

    def exec_module(self, module):
        pass


def _timm():
    try:
        import torchvision  # noqa: F401
    except ImportError:
        sys.meta_path.append(_WithoutTorchvision())
    import timm
    return timm


def describe(name):
    """What net.json says of a net of timm, or of torchvision's resnet50."""
    if name == "resnet50":
        return TORCHVISION
    cfg = _timm().get_pretrained_cfg(name).to_dict()
    size = cfg["input_size"][-1]
    return {"name": name, "size": size, "short_side": int(size // cfg["crop_pct"]),
            "interpolation": cfg["interpolation"], "mean": list(cfg["mean"]), "std": list(cfg["std"])}


def build(about):
    """The net with its own random weights."""
    if about["name"] == "resnet50":
        from resnet50 import ResNet50
        return ResNet50()
    return _timm().create_model(about["name"])


def load_description(folder):
    return json.loads((folder / "net.json").read_text())
