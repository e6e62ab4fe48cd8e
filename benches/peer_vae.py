"""The same training in PyTorch, for `scripts/bench vae` and `scripts/gpu_check`.

Arguments: steps, threads, a folder with MNIST's four files (or -), how it is written:
`idiomatic` (a DataLoader over a TensorDataset, torch.optim.Adam as it comes, binary_cross_entropy on
sigmoids: the form of PyTorch's own example) or `resident` (index selections of one tensor, fused
Adam, logits), and a device if not the CPU. Prints one line of JSON.
"""

import gzip
import json
import sys
import time

import numpy
import torch
from torch.nn import functional as F

BATCH = 100
WARM_UP_STEPS = 50


def pictures(folder):
    if folder == "-":
        # As many grey and black pixels as digits have, roughly: the time does not depend on it.
        return (torch.rand(20000, 784) - 0.8).clamp(min=0) * 5
    with gzip.open(folder + "/train-images-idx3-ubyte.gz") as file:
        images = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 784)
    return torch.from_numpy(images.copy()).float() / 255


class Vae(torch.nn.Module):
    def __init__(self, logits):
        super().__init__()
        self.hidden = torch.nn.Linear(784, 500)
        self.mean = torch.nn.Linear(500, 20)
        self.log_variance = torch.nn.Linear(500, 20)
        self.back = torch.nn.Linear(20, 500)
        self.output = torch.nn.Linear(500, 784)
        self.logits = logits

    def forward(self, x):
        hidden = torch.tanh(self.hidden(x))
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        output = self.output(torch.tanh(self.back(z)))
        return (output if self.logits else torch.sigmoid(output)), mean, log_variance


def loss(model, x):
    output, mean, log_variance = model(x)
    cost = F.binary_cross_entropy_with_logits if model.logits else F.binary_cross_entropy
    divergence = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    return (cost(output, x, reduction="sum") + divergence) / len(x)


def batches(images, mode):
    while True:
        if mode == "idiomatic":
            dataset = torch.utils.data.TensorDataset(images)
            for (x,) in torch.utils.data.DataLoader(dataset, batch_size=BATCH, shuffle=True):
                yield x
        else:
            for indices in torch.randperm(len(images), device=images.device).split(BATCH):
                yield images[indices]


def main():
    steps, threads, folder, mode, *device = sys.argv[1:]
    device = torch.device(device[0] if device else "cpu")
    torch.set_num_threads(int(threads))
    images = pictures(folder).to(device)
    model = Vae(mode == "resident").to(device)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=mode == "resident" or None)
    source = batches(images, mode)

    def run(count):
        start = time.perf_counter()
        total = 0.0
        for _ in range(count):
            x = next(source)
            optimiser.zero_grad()
            value = loss(model, x)
            value.backward()
            if mode == "idiomatic":
                total += value.item()
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
