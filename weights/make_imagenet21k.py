#!/usr/bin/env python3
"""Makes imagenet21k_classes.tsv: the classes of heads with 21,843 and 11,821 outputs, in index order.

    weights/make_imagenet21k.py

The wnids and WordNet's words come from the lists in timm 1.0.19 (timm.data.ImageNetInfo): `imagenet-21k-goog`, of which
`imagenet-12k` takes some in the same order.
"""

from pathlib import Path

from timm.data import ImageNetInfo

TABLE = Path(__file__).with_name("imagenet21k_classes.tsv")


def main():
    classes = ImageNetInfo("imagenet-21k-goog")
    smaller = ImageNetInfo("imagenet-12k").label_names()
    in_smaller = set(smaller)
    assert [wnid for wnid in classes.label_names() if wnid in in_smaller] == smaller
    lines = ["wnid\tin_12k\tname\n"]
    for wnid in classes.label_names():
        lines.append(f"{wnid}\t{'yes' if wnid in in_smaller else '-'}\t{classes.label_name_to_description(wnid)}\n")
    TABLE.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
