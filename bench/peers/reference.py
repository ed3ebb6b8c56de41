"""The classes that fp32 PyTorch predicts for the first images. A peer with other classes runs another net."""
import json

from processes import Failed

LEAST = {"fp32": 0.9, "bf16": 0.75}  # other decoders and lower precision change some close predictions


class Reference:
    def __init__(self, folder):
        self.labels = {path: label for kind in ("small", "large")
                       for path, label in json.loads((folder / f"{kind}-labels.json").read_text()).items()}

    def paths(self, kind):
        return [path for path in self.labels if f"/{kind}/" in path]

    def check(self, labels, precision):
        """labels: path -> class. Raises Failed, or returns how many agree."""
        known = [path for path in labels if path in self.labels]
        same = sum(labels[path] == self.labels[path] for path in known)
        if not known or same < LEAST[precision] * len(known):
            raise Failed(f"labels that are not the reference's: {same} of {len(known)} agree")
        return {"images": len(known), "same_top1": same / len(known)}
