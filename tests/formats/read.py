"""Runs the networks of finished jobs with NumPy alone, from their files as docs/formats.md describes them, on
the pictures of an IDX folder, and prints as JSON what comes out beside what the job wrote down.

    python read.py RUN IDX_FOLDER
"""

import json
import pathlib
import struct
import sys

import numpy as np


def tensors(path):
    """The tensors of a safetensors file by name, and its note."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    note = json.loads(header.pop("__metadata__")["exp"])
    kinds = {"F32": np.float32, "I64": np.int64}
    found = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + length + begin : 8 + length + end], kinds[entry["dtype"]])
        found[name] = values.reshape(entry["shape"]).astype(np.float64)
    return found, note


def idx(path):
    data = path.read_bytes()
    sizes = struct.unpack(f">{data[3]}i", data[4 : 4 + 4 * data[3]])
    return np.frombuffer(data[4 + 4 * data[3] :], np.uint8).reshape(sizes)


def member(parameters, index):
    """The parameters of one member: the first axis of every tensor is that of the members."""
    return {name: values[index] for name, values in parameters.items()}


def convolution(x, weight, bias, stride):
    """As torch.nn.functional.conv2d with padding of half the kernel; x is [N, C, H, W]."""
    kernel = weight.shape[-1]
    x = np.pad(x, [(0, 0), (0, 0)] + [(kernel // 2, kernel // 2)] * 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (2, 3))[:, :, ::stride, ::stride]
    return np.einsum("nchwij,ocij->nohw", windows, weight) + bias[:, None, None]


def transposed(x, weight, bias, size):
    """As torch.nn.functional.conv_transpose2d with stride 2 and padding of half the kernel, to `size`."""
    (n, _, height, width), kernel = x.shape, weight.shape[-1]
    full = np.zeros((n, weight.shape[1], 2 * height + kernel, 2 * width + kernel))
    for i in range(height):
        for j in range(width):
            full[:, :, 2 * i : 2 * i + kernel, 2 * j : 2 * j + kernel] += np.einsum("nc,coij->noij", x[:, :, i, j], weight)
    edge = kernel // 2
    return full[:, :, edge : edge + size[0], edge : edge + size[1]] + bias[:, None, None]


def relu(x):
    return np.maximum(x, 0)


ACTIVATIONS = {"relu": relu, "tanh": np.tanh}


def pooled(x):
    height, width = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    x = x[:, :, :height, :width]
    return np.maximum.reduce([x[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)])


def layer(parameters, name, x):
    return x @ parameters[f"{name}.weight"].T + parameters[f"{name}.bias"]


def hidden(parameters, x, activation=relu):
    index = 1
    while f"hidden{index}.weight" in parameters:
        x = activation(layer(parameters, f"hidden{index}", x))
        index += 1
    return x


def logits(parameters, x):
    index = 1
    while f"convolution{index}.weight" in parameters:
        name = f"convolution{index}"
        x = relu(pooled(convolution(x, parameters[f"{name}.weight"], parameters[f"{name}.bias"], 1)))
        index += 1
    return layer(parameters, "output", hidden(parameters, x.reshape(len(x), -1)))


class Layers:
    """A network of layers, run from its spec: names are as written, or the kind and its number of that kind."""

    def __init__(self, parameters):
        self.parameters, self.numbers, self.outputs = parameters, {}, {}

    def run(self, layers, x):
        for spec in layers:
            kind = spec["layer"]
            self.numbers[kind] = self.numbers.get(kind, 0) + 1
            name = spec.get("name", f"{kind}{self.numbers[kind]}")
            x = self.outputs[name] = getattr(self, kind)(spec, name, x)
        return x

    def of(self, name, part, default):
        return self.parameters.get(f"{name}.{part}", default)

    def dense(self, spec, name, x):
        return x.reshape(len(x), -1) @ self.parameters[f"{name}.weight"].T + self.of(name, "bias", 0)

    def convolution(self, spec, name, x):
        weight = self.parameters[f"{name}.weight"]
        return convolution(x, weight, self.of(name, "bias", np.zeros(len(weight))), spec["stride"])

    def activation(self, spec, name, x):
        return ACTIVATIONS[spec["function"]](x)

    def batch_norm(self, spec, name, x):
        ends = (-1,) + (1,) * (x.ndim - 2)
        mean, variance = (self.parameters[f"{name}.running_{it}"].reshape(ends) for it in ("mean", "variance"))
        x = (x - mean) / np.sqrt(variance + spec["epsilon"])
        return x * np.reshape(self.of(name, "weight", 1), ends) + np.reshape(self.of(name, "bias", 0), ends)

    def layer_norm(self, spec, name, x):
        x = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + spec["epsilon"])
        return x * self.of(name, "weight", 1) + self.of(name, "bias", 0)

    def global_pool(self, spec, name, x):
        return x.mean((2, 3))

    def residual(self, spec, name, x):
        return self.run(spec["layers"], x) + self.run(spec["shortcut"], x)

    def parallel(self, spec, name, x):
        return np.concatenate([self.run(branch, x) for branch in spec["branches"]], 1)

    def concat(self, spec, name, x):
        return np.concatenate([x, self.outputs[spec["with"]]], 1)


def softplus(x):
    return np.logaddexp(0, x)


def bounded(raw, end):
    return end - softplus(end - (softplus(raw + end) - end))


def encoded(parameters, x, activation):
    index = 1
    while f"convolution{index}.weight" in parameters:
        name = f"convolution{index}"
        x = activation(convolution(x, parameters[f"{name}.weight"], parameters[f"{name}.bias"], 2))
        index += 1
    return layer(parameters, "dense", hidden(parameters, x.reshape(len(x), -1), activation))


def decoded(parameters, z, size, activation):
    x = layer(parameters, "dense", hidden(parameters, z, activation))
    blocks = sum(name.startswith("transposed") and name.endswith("weight") for name in parameters)
    if blocks:
        sizes = [size]
        for _ in range(blocks):
            sizes.append([(side + 1) // 2 for side in sizes[-1]])
        channels = parameters[f"transposed{blocks}.weight"].shape[0]
        x = activation(x).reshape(len(x), channels, *sizes[-1])
        for index in range(blocks, 0, -1):
            name = f"transposed{index}"
            x = transposed(x, parameters[f"{name}.weight"], parameters[f"{name}.bias"], sizes[index - 1])
            x = activation(x) if index > 1 else x
    return x.reshape(len(z), -1)


def picture(output, pixels, likelihood):
    """The mean of the pixels given what a decoder puts out; behind the means may be logarithms of variances."""
    means = output[:, :pixels]
    return means if likelihood == "gaussian" else 1 / (1 + np.exp(-means))


def classifier(job, pictures, labels):
    parameters, note = tensors(job / "artifacts/model.safetensors")
    members = []
    for index in range(len(note["seeds"])):
        own = member(parameters, index)
        if note["network"]["name"] == "layers":
            x = layer(own, "output", Layers(own).run(note["network"]["layers"], pictures))
        else:
            x = logits(own, pictures)
        x = np.exp(x - x.max(1, keepdims=True))
        members.append(x / x.sum(1, keepdims=True))
    mean = np.mean(members, 0)
    wrong = lambda x: int((x.argmax(1) != labels).sum())
    found = {"test/errors": wrong(mean), "test/nll": float(-np.log(mean[np.arange(len(labels)), labels]).mean())}
    if len(members) > 1:
        found |= {f"test/errors/member_{index}": wrong(x) for index, x in enumerate(members)}
    return found


def autoencoder(job, pictures):
    encoder, note = tensors(job / "artifacts/encoder.safetensors")
    decoder, _ = tensors(job / "artifacts/decoder.safetensors")
    latents, _ = tensors(job / "artifacts/latents.safetensors")
    activations = [ACTIVATIONS[note[side]["activation"]] for side in ("encoder", "decoder")]
    gaps, errors = [], []
    for index in range(len(note["seeds"])):
        output = encoded(member(encoder, index), pictures, activations[0])
        mean, log_variance = output[:, : note["latent"]], bounded(output[:, note["latent"] :], 14)
        gaps.append(np.abs(mean - latents["mean"][index]).max())
        if note["form"] == "variational":
            gaps.append(np.abs(log_variance - latents["log_variance"][index]).max())
        flat = pictures.reshape(len(pictures), -1)
        output = decoded(member(decoder, index), mean, note["input"][1:], activations[1])
        again = picture(output, flat.shape[1], note["likelihood"]["name"])
        errors.append(float(((again - flat) ** 2).mean()))
    found = {f"test/squared_error/member_{index}": error for index, error in enumerate(errors)}
    return {"latents": float(max(gaps)), "test/squared_error": float(np.mean(errors))} | (found if len(errors) > 1 else {})


def main():
    run, folder = map(pathlib.Path, sys.argv[1:])
    pictures = idx(folder / "t10k-images-idx3-ubyte")[:, None] / 255
    labels = idx(folder / "t10k-labels-idx1-ubyte").astype(int)
    result = {}
    for job in sorted(path.parent for path in run.glob("*/outcome.json")):
        whole = (job / "artifacts/model.safetensors").exists()
        found = classifier(job, pictures, labels) if whole else autoencoder(job, pictures)
        result[job.name] = {"found": found, "written": json.loads((job / "outcome.json").read_text())["metrics"]}
    print(json.dumps(result))


main()
