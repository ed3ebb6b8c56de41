"""Training as a PyTorch user writes it. Takes a job as JSON and prints the seconds of each epoch as JSON."""
import contextlib
import json
import math
import pathlib
import random
import sys
import time

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))

from resnet50 import ResNet50  # noqa: E402

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def random_resized_crop(image, size):
    """torchvision's RandomResizedCrop and RandomHorizontalFlip."""
    area = image.width * image.height
    for _ in range(10):
        target = area * random.uniform(0.08, 1)
        ratio = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        width, height = round(math.sqrt(target * ratio)), round(math.sqrt(target / ratio))
        if 0 < width <= image.width and 0 < height <= image.height:
            left, top = random.randint(0, image.width - width), random.randint(0, image.height - height)
            break
    else:
        return central_crop(image, size, size)
    image = image.crop((left, top, left + width, top + height)).resize((size, size), Image.Resampling.BILINEAR)
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else image


def central_crop(image, resize, size):
    scale = resize / min(image.size)
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR)
    left, top = (image.width - size) // 2, (image.height - size) // 2
    return image.crop((left, top, left + size, top + size))


class Pictures(torch.utils.data.Dataset):
    def __init__(self, items, size, augmented):
        self.items, self.size, self.augmented = items, size, augmented

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        path, label = self.items[index]
        image = Image.open(path).convert("RGB")
        image = (random_resized_crop(image, self.size) if self.augmented
                 else central_crop(image, round(self.size * 232 / 224), self.size))
        pixels = torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1)
        return pixels.to(torch.float32).div(255).sub(MEAN).div(DEVIATION), label


def split(folder):
    """Holds back a fifth of each class."""
    train, held_back = [], []
    classes = sorted(path for path in folder.iterdir() if path.is_dir())
    for label, of_class in enumerate(classes):
        paths = sorted(of_class.iterdir())
        held = round(len(paths) / 5)
        held_back += [(path, label) for path in paths[:held]]
        train += [(path, label) for path in paths[held:]]
    return train, held_back, len(classes)


def loader(items, job, augmented):
    return torch.utils.data.DataLoader(Pictures(items, job["size"], augmented), job["batch"], shuffle=augmented,
                                       num_workers=job["cores"], persistent_workers=True)


def precision(job):
    if job["precision"] == "bf16":
        return torch.autocast("cpu", torch.bfloat16)
    return contextlib.nullcontext()


def epoch(net, criterion, optimizer, batches, job):
    for images, labels in batches:
        optimizer.zero_grad()
        with precision(job):
            loss = criterion(net(channels_last(images)), labels)
        loss.backward()
        optimizer.step()


def channels_last(tensor):
    return tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor


def validate(net, batches, job):
    net.eval()
    right = 0
    with torch.inference_mode(), precision(job):
        for images, labels in batches:
            right += int((net(channels_last(images)).argmax(1) == labels).sum())
    return right


def features(net, batches, job):
    rows, truth = [], []
    with torch.inference_mode(), precision(job):
        for images, labels in batches:
            rows.append(net(channels_last(images)).float())
            truth.append(labels)
    return torch.cat(rows).clone(), torch.cat(truth).clone()


def batches_of(rows, truth, batch):
    order = torch.randperm(len(rows))
    return [(rows[part], truth[part]) for part in order.split(batch)]


def timed(job, run):
    seconds = []
    for _ in range(job["epochs"]):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return seconds


def main():
    job = json.loads(sys.argv[1])
    folder = pathlib.Path(job["folder"])
    torch.set_num_threads(job["cores"])
    train, held_back, classes = split(folder / "small")
    net = ResNet50()
    net.load_state_dict(load_file(folder / "parent.safetensors"))
    net = net.to(memory_format=torch.channels_last)
    criterion = torch.nn.CrossEntropyLoss()
    head = torch.nn.Linear(2048, classes)
    if job["kind"] in ("full", "usual"):
        whole = job["kind"] == "full"
        net.requires_grad_(whole)
        net.fc = head
        optimizer = torch.optim.Adam(net.parameters() if whole else head.parameters(), lr=0.001, fused=True)
        to_train, to_validate = loader(train, job, whole), loader(held_back, job, False)

        def run():
            net.train(whole)
            epoch(net, criterion, optimizer, to_train, job)
            validate(net, to_validate, job)
    else:
        net.fc = torch.nn.Identity()
        net.eval()
        rows, truth = features(net, loader(train, job, False), job)
        held_rows, held_truth = features(net, loader(held_back, job, False), job)
        optimizer = torch.optim.Adam(head.parameters(), lr=0.001, fused=True)

        def run():
            head.train()
            epoch(head, criterion, optimizer, batches_of(rows, truth, job["batch"]), job)
            validate(head, [(held_rows, held_truth)], job)
    print(json.dumps({"epochs": timed(job, run)}))


if __name__ == "__main__":
    main()
