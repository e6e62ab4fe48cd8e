"""Writes optim.json and schedules.json beside itself: what PyTorch's own optimisers and schedules do.

    python tests/oracles/optim.py        (PyTorch 2.11, its default loops: nothing fused)

optim.json: for every rule and several settings, two parameters after each of 20 steps over a fixed
sequence of gradients, at rates that change from step to step, in float64 and float32.
schedules.json: the factor on the rate at every step of a short job.
"""

import json
import pathlib

import numpy
import torch
from torch.optim import lr_scheduler

FOLDER = pathlib.Path(__file__).parent
SIZES = [[1, 17], [1, 2]]
STEPS = 20

CASES = [
    {"rule": "sgd", "rate": 0.05},
    {"rule": "sgd", "rate": 0.05, "momentum": 0.9},
    {"rule": "sgd", "rate": 0.02, "momentum": 0.8, "nesterov": True, "weight_decay": 0.03},
    {"rule": "adam"},
    {"rule": "adam", "rate": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.1},
    {"rule": "adamw"},
    {"rule": "adamw", "rate": 0.02, "beta1": 0.7, "weight_decay": 0.2},
    {"rule": "adagrad"},
    {"rule": "adagrad", "rate": 0.1, "epsilon": 1e-3, "weight_decay": 0.05},
    {"rule": "rmsprop"},
    {"rule": "rmsprop", "rate": 0.005, "smoothing": 0.9, "momentum": 0.7, "weight_decay": 0.05},
]

MAKERS = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
}
NAMES = {"rate": "lr", "epsilon": "eps", "smoothing": "alpha"}


def optimiser(case, parameters):
    """PyTorch's optimiser for `case`, its plain loop."""
    settings = {NAMES.get(name, name): value for name, value in case.items() if name != "rule"}
    if "beta1" in settings or "beta2" in settings:
        settings["betas"] = (settings.pop("beta1", 0.9), settings.pop("beta2", 0.999))
    return MAKERS[case["rule"]](parameters, foreach=False, **settings)


def trace(case, dtype, starts, gradients, factors):
    """Both parameters, one after the other, after each step of `case`."""
    parameters = [torch.tensor(start, dtype=dtype).reshape(size) for start, size in zip(starts, SIZES)]
    peer = optimiser(case, parameters)
    rate = peer.param_groups[0]["lr"]
    after = []
    for step in range(STEPS):
        peer.param_groups[0]["lr"] = rate * factors[step]
        for parameter, gradient in zip(parameters, gradients[step]):
            parameter.grad = torch.tensor(gradient, dtype=dtype).reshape(parameter.shape)
        peer.step()
        flat = torch.cat([parameter.flatten() for parameter in parameters])
        digits = 17 if dtype == torch.float64 else 9
        after.append([float(f"{value:.{digits}g}") for value in flat.tolist()])
    return after


def optimisers():
    """Every case in both types of number, and what they were given."""
    draw = numpy.random.default_rng(17)
    exact = lambda values: [round(value * 256) / 256 for value in values.tolist()]  # in float32 too
    starts = [exact(draw.normal(size=size).ravel()) for size in SIZES]
    gradients = [[exact(draw.normal(size=size).ravel()) for size in SIZES] for _ in range(STEPS)]
    gradients[0][0][3] = 0.0  # no gradient yet
    for step in range(STEPS):
        gradients[step][1][1] = 0.0  # none ever
    gradients[7][0][5] = 1000.0
    gradients[9][0][6] = 1e-6
    factors = [1.0 if step < 8 else 0.5 if step < 14 else 0.05 * step for step in range(STEPS)]
    cases = []
    for case in CASES:
        float64 = trace(case, torch.float64, starts, gradients, factors)
        float32 = trace(case, torch.float32, starts, gradients, factors)
        cases.append({"optimiser": case, "float64": float64, "float32": float32})
    sizes = {"sizes": SIZES, "starts": starts, "gradients": gradients, "factors": factors}
    return sizes | {"cases": cases}


def factors_of(make, steps):
    """The rates that a schedule gives an optimiser whose rate is 1."""
    peer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    schedule = make(peer)
    rates = []
    for _ in range(steps):
        rates.append(peer.param_groups[0]["lr"])
        peer.step()
        schedule.step()
    return rates


def schedules():
    """Every shape, with and without warm-up, over 10 epochs of 6 steps."""
    per_epoch, total, warm = 6, 60, 9

    def linear(peer):
        return lr_scheduler.LinearLR(peer, start_factor=1 / warm, total_iters=warm - 1)

    def falls(peer):
        return lr_scheduler.StepLR(peer, step_size=3 * per_epoch, gamma=0.3)

    def cosine(length, final):
        return lambda peer: lr_scheduler.CosineAnnealingLR(peer, T_max=length, eta_min=final)

    def warm_cosine(peer):
        parts = [linear(peer), cosine(total - warm, 0.05)(peer)]
        return lr_scheduler.SequentialLR(peer, parts, milestones=[warm])

    def warm_falls(peer):
        return lr_scheduler.ChainedScheduler([linear(peer), falls(peer)])

    def constant(peer):
        return lr_scheduler.LambdaLR(peer, lambda step: 1.0)

    cases = [
        ({"shape": "constant"}, constant),
        ({"shape": "constant", "warmup_epochs": 1.5}, linear),
        ({"shape": "step", "every_epochs": 3, "factor": 0.3}, falls),
        ({"shape": "step", "every_epochs": 3, "factor": 0.3, "warmup_epochs": 1.5}, warm_falls),
        ({"shape": "cosine"}, cosine(total, 0.0)),
        ({"shape": "cosine", "final_fraction": 0.05, "warmup_epochs": 1.5}, warm_cosine),
    ]
    traced = [{"schedule": spec, "factors": factors_of(make, total)} for spec, make in cases]
    return {"steps_per_epoch": per_epoch, "total_steps": total, "schedules": traced}


def write(name, value):
    """One compact line for each case."""
    text = json.dumps(value, separators=(",", ":")).replace("},{", "},\n{")
    (FOLDER / name).write_text(text + "\n")


if __name__ == "__main__":
    write("optim.json", optimisers())
    write("schedules.json", schedules())
