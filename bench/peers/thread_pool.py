"""Files to labels for a runtime without a loader: threads with Pillow and threads with the net."""
import collections
import concurrent.futures
import itertools
import os
import threading

import numpy as np


def classify(paths, read, batch, fixed, workers, own_decoding, net_of):
    """read: path -> array; net_of(): a function from [batch, …] to logits, one for each worker thread.

    With fixed the net takes no smaller batch, so the last one is filled up. With own_decoding each worker decodes its
    own batches; otherwise a pool with one thread for each core decodes ahead.
    """
    chunks = iter(enumerate(paths[start:start + batch] for start in range(0, len(paths), batch)))
    decoders = concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0)))
    waiting, lock = collections.deque(), threading.Lock()

    def next_batch():
        with lock:
            window = 1 if own_decoding else max(2 * workers, 16 // batch)  # memory is bounded
            for index, chunk in itertools.islice(chunks, window - len(waiting)):
                waiting.append((index, chunk if own_decoding else [decoders.submit(read, path) for path in chunk]))
            if not waiting:
                return None
            index, images = waiting.popleft()
        return index, [read(path) for path in images] if own_decoding else [image.result() for image in images]

    def work(_):
        net, found = net_of(), []
        while (taken := next_batch()) is not None:
            index, images = taken
            padded = images + [images[-1]] * (batch - len(images) if fixed else 0)
            found.append((index, net(np.stack(padded)).argmax(1)[:len(images)].tolist()))
        return found

    with decoders, concurrent.futures.ThreadPoolExecutor(workers) as pool:
        found = itertools.chain.from_iterable(pool.map(work, range(workers)))
        return [label for _, labels in sorted(found) for label in labels]
