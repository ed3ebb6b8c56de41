"""PyTorch, eager and compiled by inductor with freezing."""
import os

import torch
from safetensors.torch import load_file

import nets
from pixels import Pixels

TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def load(folder):
    with torch.device("meta"):  # does not draw random weights that are replaced at once
        net = nets.build(nets.load_description(folder))
    net.load_state_dict(load_file(folder / "net.safetensors"), assign=True)
    return net.eval()


class Pictures(torch.utils.data.Dataset):
    def __init__(self, pixels, paths, draft):
        self.pixels, self.paths, self.draft = pixels, paths, draft

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        return torch.from_numpy(self.pixels.normalised(self.pixels.cropped(self.paths[index], self.draft)))


class Eager:
    compiled = False

    def __init__(self, folder, precision, batch, threads, workers, channels_last):
        torch.set_num_threads(threads)
        self.batch, self.workers, self.type = batch, workers, TYPES[precision]
        self.format = torch.channels_last if channels_last else torch.contiguous_format
        self.pixels = Pixels(nets.load_description(folder))
        self.net = load(folder).to(self.type).to(memory_format=self.format)
        if self.compiled:
            torch._inductor.config.freezing = True
            self.net = torch.compile(self.net)

    def native(self, images):
        return torch.from_numpy(images).to(self.type).contiguous(memory_format=self.format)

    def worker(self):
        def run(images):
            with torch.inference_mode():
                return self.net(images)
        return run

    def logits(self, output):
        return output.float().numpy()

    def classify(self, paths, draft):
        """torch.utils.data.DataLoader with one process for each core, and a net that uses all cores."""
        loader = torch.utils.data.DataLoader(Pictures(self.pixels, paths, draft), self.batch,
                                             num_workers=len(os.sched_getaffinity(0)))
        run, labels = self.worker(), []
        for images in loader:
            count = len(images)
            if self.compiled and count < self.batch:  # another shape would be compiled again
                images = torch.cat([images, images.new_zeros(self.batch - count, *images.shape[1:])])
            images = images.to(self.type).contiguous(memory_format=self.format)
            labels += run(images).argmax(1)[:count].tolist()
        return labels


class Compiled(Eager):
    compiled = True


def first_label(folder, precision, path, setting):
    torch.set_num_threads(setting["threads"])
    layout = torch.channels_last if setting["channels_last"] else torch.contiguous_format
    net = load(folder).to(TYPES[precision]).to(memory_format=layout)
    pixels = Pixels(nets.load_description(folder))
    image = torch.from_numpy(pixels.normalised(pixels.cropped(path)))[None].to(TYPES[precision])
    with torch.inference_mode():
        return int(net(image.contiguous(memory_format=layout)).argmax())
