"""The same training in PyTorch, for `scripts/bench train` and `scripts/gpu_check`.

Arguments: hidden units (30,30) or `cnn` (the network of that name in exp), steps, threads, a folder
with MNIST's four files (or -), how batches are had: `resident` (index selections of one tensor, fused
Adam) or `loader` (a DataLoader over a TensorDataset, fused Adam), and a device if not the CPU. Prints
one line of JSON.
"""

import gzip
import json
import sys
import time

import numpy
import torch

BATCH = 100
WARM_UP_STEPS = 50


def mnist(folder):
    with gzip.open(folder + "/train-images-idx3-ubyte.gz") as file:
        images = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 784)
    with gzip.open(folder + "/train-labels-idx1-ubyte.gz") as file:
        labels = numpy.frombuffer(file.read(), numpy.uint8, offset=8)
    return torch.from_numpy(images.copy()).float() / 255, torch.from_numpy(labels.astype(numpy.int64))


def batches(images, labels, mode):
    while True:
        if mode == "loader":
            dataset = torch.utils.data.TensorDataset(images, labels)
            yield from torch.utils.data.DataLoader(dataset, batch_size=BATCH, shuffle=True)
        else:
            for indices in torch.randperm(len(images), device=images.device).split(BATCH):
                yield images[indices], labels[indices]


def perceptron(hidden):
    sizes = [784, *map(int, hidden.split(",")), 10]
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


class Pictures(torch.nn.Module):
    """Rows as pictures, which lie in memory as convolutions on a CPU want them."""

    def forward(self, rows):
        pictures = rows.unflatten(1, (1, 28, 28))
        return pictures.contiguous(memory_format=torch.channels_last) if rows.device.type == "cpu" else pictures


def convolutional():
    layers = [Pictures()]
    for inputs, outputs in ((1, 16), (16, 32)):
        layers += [torch.nn.Conv2d(inputs, outputs, 5, padding=2), torch.nn.MaxPool2d(2), torch.nn.ReLU()]
    dense = [torch.nn.Linear(32 * 7 * 7, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)]
    return torch.nn.Sequential(*layers, torch.nn.Flatten(), *dense)


def main():
    hidden, steps, threads, folder, mode, *device = sys.argv[1:]
    device = torch.device(device[0] if device else "cpu")
    torch.set_num_threads(int(threads))
    if folder == "-":
        images, labels = torch.rand(60000, 784), torch.randint(10, (60000,))
    else:
        images, labels = mnist(folder)
    images, labels = images.to(device), labels.to(device)
    network = (convolutional() if hidden == "cnn" else perceptron(hidden)).to(device)
    if hidden == "cnn" and device.type == "cpu":
        # Convolutions on a CPU are a third faster so.
        network = network.to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    source = batches(images, labels, mode)

    def run(count):
        start = time.perf_counter()
        for _ in range(count):
            pictures, answers = next(source)
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(network(pictures), answers).backward()
            optimiser.step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return (time.perf_counter() - start) * 1e3 / count

    run(1)
    first_step = time.time()
    run(WARM_UP_STEPS)
    milliseconds = run(int(steps))
    print(json.dumps({"milliseconds_per_step": milliseconds, "first_step_at": first_step}))


main()
