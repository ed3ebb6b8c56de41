"""The classes that fp32 PyTorch gives the first pictures; who names others runs another net."""
import json

from processes import Failed

LEAST = {"fp32": 0.9, "bf16": 0.75}  # with other decoders, and with less precision, some close calls differ


class Reference:
    def __init__(self, folder):
        self.labels = {path: label for kind in ("small", "large")
                       for path, label in json.loads((folder / f"{kind}-labels.json").read_text()).items()}

    def paths(self, kind):
        return [path for path in self.labels if f"/{kind}/" in path]

    def check(self, labels, precision):
        """labels: path -> class. Raises Failed, or says how many agree."""
        known = [path for path in labels if path in self.labels]
        same = sum(labels[path] == self.labels[path] for path in known)
        if not known or same < LEAST[precision] * len(known):
            raise Failed(f"labels that are not the reference's: {same} of {len(known)} agree")
        return {"images": len(known), "same_top1": same / len(known)}
