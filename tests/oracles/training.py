"""What PyTorch makes of twenty steps of training in double precision: writes training.json.

    python tests/oracles/training.py        (torch 2.11.0, blake3)

Nothing of exp is used. Seeds, orders, shifts, first values and masks are made here from their definitions:
a draw is from a generator seeded by the first eight bytes of BLAKE3(seed, index, purpose); orders and
shifts by SplitMix64, first values and masks by PyTorch's own generator.
"""

import json
import math
from pathlib import Path

import blake3
import torch
from torch.nn import functional as F

MASK = (1 << 64) - 1
SIDE, CLASSES, EXAMPLES, STEPS = 8, 4, 20, 20


def derive(seed, purpose, index):
    text = seed.to_bytes(8, "little") + index.to_bytes(8, "little") + purpose.encode()
    return int.from_bytes(blake3.blake3(text).digest()[:8], "little") & (MASK >> 1)


class Draws:
    """SplitMix64 (Steele, Lea and Flood 2014)."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return ((mixed ^ (mixed >> 31)) * bound) >> 64


def order(seed, epoch, count):
    draws, row = Draws(derive(seed, "order", epoch)), list(range(count))
    for last in range(count - 1, 0, -1):
        other = draws.below(last + 1)
        row[last], row[other] = row[other], row[last]
    return row


def shift(pictures, pixels, seed, step):
    """Each picture [1, H, W] down and to the right by its own two draws; zeros come in."""
    draws, moved = Draws(derive(seed, "jitter", step)), []
    for picture in pictures:
        down, right = (draws.below(2 * pixels + 1) - pixels for _ in range(2))
        wide = F.pad(picture, [pixels] * 4)
        rows, columns = pixels - down, pixels - right
        moved.append(wide[:, rows : rows + SIDE, columns : columns + SIDE])
    return torch.stack(moved)


def layers(hidden):
    sizes = [SIDE * SIDE, *hidden, CLASSES]
    names = [f"hidden{i + 1}" for i in range(len(hidden))] + ["output"]
    return list(zip(names, sizes, sizes[1:]))


def first_values(hidden, seed):
    values = {}
    for name, inner, outer in layers(hidden):
        for end, size in (("weight", (outer, inner)), ("bias", (outer,))):
            torch.manual_seed(derive(seed, f"init/{name}.{end}", 0))
            bound = 1 / math.sqrt(inner)
            values[f"{name}.{end}"] = torch.empty(size).uniform_(-bound, bound).double()
    return values


def mask(seed, layer, step, probability, *size):
    torch.manual_seed(derive(seed, f"dropout/{layer}", step))
    return torch.empty(size).bernoulli_(1 - probability).double() / (1 - probability)


def logits(network, values, pictures, noise=None):
    """Of pictures [B, 1, H, W] in 0..1; with noise (seed, step) units drop out."""
    x = pictures.flatten(1)
    drops = network.get("input_dropout", 0)
    if noise and drops:
        x = x * mask(noise[0], "input", noise[1], drops, *x.shape)
    for name, _, outer in layers(network["hidden"]):
        x = x @ values[f"{name}.weight"].T + values[f"{name}.bias"]
        if name == "output":
            return x
        x = x.relu()
        if noise and network.get("dropout", 0):
            x = x * mask(noise[0], name, noise[1], network["dropout"], outer, x.shape[0]).T


def optimiser(spec, parameters):
    if spec["rule"] == "adam":
        return torch.optim.Adam(parameters, lr=spec["rate"])
    return torch.optim.SGD(parameters, lr=spec["rate"], momentum=spec["momentum"])


def factor(schedule, step, per_epoch, total):
    warmup = round(schedule.get("warmup_epochs", 0) * per_epoch)
    if schedule["shape"] == "step":
        falls = step // per_epoch // schedule["every_epochs"]
        return schedule["factor"] ** falls * min(1, (step + 1) / warmup if warmup else 1)
    if step < warmup:
        return (step + 1) / warmup
    left = schedule.get("final_fraction", 0)
    return left + (1 - left) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


def soft_targets(teachers, pictures, temperature):
    answers = [F.softmax(logits(teachers["network"], values, pictures) / temperature, -1) for values in teachers["values"]]
    return torch.stack(answers).mean(0)


def loss_of(case, teachers, z, labels, pictures, untouched):
    """What is learnt: labels, or teachers asked about these very pictures, or about those before any shift."""
    hard = F.cross_entropy(z, labels)
    if "loss" not in case:
        return hard
    temperature, weight = case["loss"]["temperature"], case["loss"]["soft_weight"]
    soft = soft_targets(teachers, pictures if case["jitter"] else untouched, temperature)
    apart = F.kl_div(F.log_softmax(z / temperature, -1), soft, reduction="batchmean")
    return weight * temperature**2 * apart + (1 - weight) * hard


def train(case, data, teachers, seed):
    values = first_values(case["network"]["hidden"], seed)
    parameters = [value.requires_grad_() for value in values.values()]
    rule = optimiser(case["optimiser"], parameters)
    per_epoch = math.ceil(EXAMPLES / case["batch"])
    found = []
    for step in range(STEPS):
        within = step % per_epoch
        row = order(seed, step // per_epoch, EXAMPLES)
        places = row[within * case["batch"] : (within + 1) * case["batch"]]
        untouched = data["images"][places]
        pictures = shift(untouched, case["jitter"], seed, step) if case["jitter"] else untouched
        pictures, untouched = pictures.double() / 255, untouched.double() / 255
        z = logits(case["network"], values, pictures, (seed, step))
        loss = loss_of(case, teachers, z, data["labels"][places], pictures, untouched)
        rule.zero_grad()
        loss.backward()
        for group in rule.param_groups:
            group["lr"] = case["optimiser"]["rate"] * factor(case["schedule"], step, per_epoch, per_epoch * case["epochs"])
        rule.step()
        with torch.no_grad():
            if limit := case["network"].get("max_norm"):
                for name, _, _ in layers(case["network"]["hidden"])[:-1]:
                    weight = values[f"{name}.weight"]
                    weight.mul_((limit / weight.norm(dim=1, keepdim=True)).clamp(max=1))
        found.append({"loss": loss.item(), "parameters": summary(values)})
    return found


def summary(values):
    """Of each parameter its sum, its length, and its product with 1, 2, 3, ... scaled to one."""
    def three(value):
        flat = value.detach().flatten()
        slope = torch.arange(1, flat.numel() + 1, dtype=torch.float64) / flat.numel()
        return [flat.sum().item(), flat.norm().item(), (flat * slope).sum().item()]

    return {name: three(value) for name, value in values.items()}


def main():
    pixels = [Draws(derive(1, "picture", i)).below(256) for i in range(EXAMPLES * SIDE * SIDE)]
    data = {
        "images": torch.tensor(pixels, dtype=torch.uint8).view(EXAMPLES, 1, SIDE, SIDE),
        "labels": torch.tensor([Draws(derive(1, "label", i)).below(CLASSES) for i in range(EXAMPLES)]),
    }
    teacher = {"network": {"name": "mlp", "hidden": [7]}, "seeds": [90, 91, 92]}
    teachers = {"network": teacher["network"], "values": [first_values([7], seed) for seed in teacher["seeds"]]}
    # First values say little: their answers are made to differ.
    for values in teachers["values"]:
        values["output.weight"] *= 20
    adam, sgd = {"rule": "adam", "rate": 0.01}, {"rule": "sgd", "rate": 0.05, "momentum": 0.9}
    cosine = {"shape": "cosine", "warmup_epochs": 0.7, "final_fraction": 0.1}
    falls = {"shape": "step", "every_epochs": 2, "factor": 0.5, "warmup_epochs": 1}
    full = {"name": "mlp", "hidden": [6, 5], "dropout": 0.3, "input_dropout": 0.2, "max_norm": 0.55}
    plain = {"name": "mlp", "hidden": [6]}
    cases = {
        "labels": {"members": 2, "network": full, "jitter": 1, "optimiser": adam, "schedule": cosine},
        "kept": {"members": 1, "network": plain, "jitter": 0, "optimiser": sgd, "schedule": falls, "loss": {"temperature": 4.0, "soft_weight": 0.7}},
        "asked": {"members": 2, "network": full, "jitter": 2, "optimiser": sgd, "schedule": cosine, "loss": {"temperature": 2.0, "soft_weight": 0.9}},
    }
    for case in cases.values():
        case |= {"batch": 8, "epochs": 7, "seed": 40}
        members = [train(case, data, teachers, case["seed"] + k) for k in range(case["members"])]
        case["steps"] = [[member[step] for member in members] for step in range(STEPS)]
    images, labels = data["images"].flatten().tolist(), data["labels"].tolist()
    given = {"side": SIDE, "classes": CLASSES, "images": images, "labels": labels, "teachers": teacher}
    text = json.dumps({**given, "cases": cases}, indent=None)
    Path(__file__).with_suffix(".json").write_text(text + "\n")


if __name__ == "__main__":
    main()
