"""What PyTorch says about every layer: outputs, running statistics and gradients of parameters and input, in
double precision, for three members. Writes layers.json.

    python tests/oracles/layers.py        (torch 2.11.0)
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
MEMBERS, BATCH = 3, 2


def draw(*size):
    return (torch.randn(*size) * 0.5).round(decimals=3)


class Residual(nn.Module):
    def __init__(self, main, shortcut=None):
        super().__init__()
        self.main, self.shortcut = main, shortcut or nn.Sequential()

    def forward(self, x):
        return self.main(x) + self.shortcut(x)


class Parallel(nn.Module):
    def __init__(self, join, *branches):
        super().__init__()
        self.join, self.branches = join, nn.ModuleList(branches)

    def forward(self, x):
        results = [branch(x) for branch in self.branches]
        return sum(results) if self.join == "add" else torch.cat(results, 1)


class UNet(nn.Module):
    """Down, up, and what was seen on the way down beside what comes up."""

    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU())
        self.below = nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(3, 4, 3, padding=1), nn.ReLU())
        self.up = nn.ConvTranspose2d(4, 3, 2, stride=2)
        self.out = nn.Conv2d(6, 2, 1)

    def forward(self, x):
        seen = self.down(x)
        return self.out(torch.cat([self.up(self.below(seen)), seen], 1))


def activation(function, **more):
    return {"layer": "activation", "function": function, **more}


PICTURE, ROW = [2, 4, 4], [5]
# name, input, layers as exp reads them, the same in PyTorch.
CASES = [
    ("dense", ROW, [{"layer": "dense", "units": 3}], lambda: nn.Linear(5, 3)),
    ("dense without bias", ROW, [{"layer": "dense", "units": 3, "bias": False}], lambda: nn.Linear(5, 3, bias=False)),
    ("dense of a picture", PICTURE, [{"layer": "dense", "units": 3}], lambda: nn.Sequential(nn.Flatten(), nn.Linear(32, 3))),
    ("convolution", PICTURE, [{"layer": "convolution", "channels": 3, "kernel": 3}], lambda: nn.Conv2d(2, 3, 3)),
    (
        "convolution, all settings", [4, 5, 5],
        [{"layer": "convolution", "channels": 6, "kernel": [3, 2], "stride": [2, 1], "padding": [2, 1], "dilation": [1, 2], "groups": 2, "bias": False}],
        lambda: nn.Conv2d(4, 6, (3, 2), (2, 1), (2, 1), (1, 2), 2, bias=False),
    ),
    (
        "convolution, same", PICTURE, [{"layer": "convolution", "channels": 2, "kernel": [5, 3], "padding": "same", "dilation": [1, 2]}],
        lambda: nn.Conv2d(2, 2, (5, 3), padding="same", dilation=(1, 2)),
    ),
    ("transposed convolution", PICTURE, [{"layer": "transposed_convolution", "channels": 3, "kernel": 3}], lambda: nn.ConvTranspose2d(2, 3, 3)),
    (
        "transposed convolution, all settings", [4, 3, 5],
        [{"layer": "transposed_convolution", "channels": 6, "kernel": [3, 2], "stride": [2, 3], "padding": [1, 0], "output_padding": [1, 2], "dilation": [2, 1], "groups": 2, "bias": False}],
        lambda: nn.ConvTranspose2d(4, 6, (3, 2), (2, 3), (1, 0), (1, 2), 2, bias=False, dilation=(2, 1)),
    ),
    ("maximum pooling", [2, 5, 4], [{"layer": "pool", "method": "maximum", "kernel": 2}], lambda: nn.MaxPool2d(2)),
    (
        "maximum pooling, ceil", [2, 5, 4], [{"layer": "pool", "method": "maximum", "kernel": 3, "stride": 2, "padding": 1, "ceil": True}],
        lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True),
    ),
    ("average pooling", [2, 5, 4], [{"layer": "pool", "method": "average", "kernel": [2, 3]}], lambda: nn.AvgPool2d((2, 3))),
    (
        "average pooling, ceil", [2, 5, 4], [{"layer": "pool", "method": "average", "kernel": 3, "stride": [2, 3], "padding": [1, 0], "ceil": True}],
        lambda: nn.AvgPool2d(3, (2, 3), (1, 0), ceil_mode=True),
    ),
    (
        "average pooling of what is there", [2, 5, 4],
        [{"layer": "pool", "method": "average", "kernel": 2, "padding": 1, "count_padding": False}],
        lambda: nn.AvgPool2d(2, padding=1, count_include_pad=False),
    ),
    ("global maximum", PICTURE, [{"layer": "global_pool", "method": "maximum"}], lambda: nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten())),
    ("global average", PICTURE, [{"layer": "global_pool", "method": "average"}], lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())),
    ("relu", ROW, [activation("relu")], nn.ReLU),
    ("leaky relu", ROW, [activation("leaky_relu")], nn.LeakyReLU),
    ("leaky relu, steeper", ROW, [activation("leaky_relu", slope=0.3)], lambda: nn.LeakyReLU(0.3)),
    ("elu", ROW, [activation("elu")], nn.ELU),
    ("elu, larger", ROW, [activation("elu", slope=1.7)], lambda: nn.ELU(1.7)),
    ("gelu", ROW, [activation("gelu")], nn.GELU),
    ("tanh", ROW, [activation("tanh")], nn.Tanh),
    ("sigmoid", ROW, [activation("sigmoid")], nn.Sigmoid),
    ("silu", ROW, [activation("silu")], nn.SiLU),
    ("batch normalisation of rows", ROW, [{"layer": "batch_norm"}], lambda: nn.BatchNorm1d(5)),
    ("batch normalisation of pictures", PICTURE, [{"layer": "batch_norm", "momentum": 0.3, "epsilon": 0.01}], lambda: nn.BatchNorm2d(2, 0.01, 0.3)),
    ("batch normalisation alone", PICTURE, [{"layer": "batch_norm", "affine": False}], lambda: nn.BatchNorm2d(2, affine=False)),
    ("layer normalisation of rows", ROW, [{"layer": "layer_norm"}], lambda: nn.LayerNorm(5)),
    ("layer normalisation of pictures", PICTURE, [{"layer": "layer_norm", "epsilon": 0.01}], lambda: nn.LayerNorm(PICTURE, 0.01)),
    ("layer normalisation alone", PICTURE, [{"layer": "layer_norm", "affine": False}], lambda: nn.LayerNorm(PICTURE, elementwise_affine=False)),
    ("group normalisation", [4, 3, 2], [{"layer": "group_norm", "groups": 2}], lambda: nn.GroupNorm(2, 4)),
    ("instance normalisation", [4, 3, 2], [{"layer": "group_norm", "groups": 4, "affine": False}], lambda: nn.InstanceNorm2d(4)),
    ("nearest upsampling", [2, 3, 4], [{"layer": "upsample", "factor": [2, 3]}], lambda: nn.Upsample(scale_factor=(2, 3))),
    (
        "bilinear upsampling", [2, 3, 4], [{"layer": "upsample", "factor": [3, 2], "method": "bilinear"}],
        lambda: nn.Upsample(scale_factor=(3, 2), mode="bilinear", align_corners=False),
    ),
    ("flatten", PICTURE, [{"layer": "flatten"}], nn.Flatten),
    ("reshape", [12], [{"layer": "reshape", "channels": 3, "height": 2, "width": 2}], lambda: nn.Unflatten(1, (3, 2, 2))),
    (
        "residual", PICTURE,
        [{"layer": "residual", "layers": [{"layer": "convolution", "channels": 2, "kernel": 3, "padding": 1}, {"layer": "batch_norm"}, activation("relu")]}, activation("relu")],
        lambda: nn.Sequential(Residual(nn.Sequential(nn.Conv2d(2, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU())), nn.ReLU()),
    ),
    (
        "residual with a shortcut", PICTURE,
        [activation("relu"), {"layer": "residual", "layers": [activation("relu"), {"layer": "convolution", "channels": 3, "kernel": 3, "stride": 2, "padding": 1}], "shortcut": [{"layer": "convolution", "channels": 3, "kernel": 1, "stride": 2}]}],
        lambda: nn.Sequential(nn.ReLU(), Residual(nn.Sequential(nn.ReLU(), nn.Conv2d(2, 3, 3, 2, 1)), nn.Conv2d(2, 3, 1, 2))),
    ),
    (
        "residual of rows", ROW, [{"layer": "residual", "layers": [{"layer": "dense", "units": 5}, activation("tanh")]}],
        lambda: Residual(nn.Sequential(nn.Linear(5, 5), nn.Tanh())),
    ),
    (
        "branches behind one another", PICTURE,
        [{"layer": "parallel", "branches": [[{"layer": "convolution", "channels": 3, "kernel": 1}], [], [{"layer": "convolution", "channels": 1, "kernel": 3, "padding": 1}, activation("relu")]]}],
        lambda: Parallel("concat", nn.Conv2d(2, 3, 1), nn.Sequential(), nn.Sequential(nn.Conv2d(2, 1, 3, padding=1), nn.ReLU())),
    ),
    (
        "branches of rows", ROW, [{"layer": "parallel", "branches": [[{"layer": "dense", "units": 2}], []]}],
        lambda: Parallel("concat", nn.Linear(5, 2), nn.Sequential()),
    ),
    (
        "branches added", ROW, [{"layer": "parallel", "join": "add", "branches": [[{"layer": "dense", "units": 3}], [{"layer": "dense", "units": 3, "bias": False}]]}],
        lambda: Parallel("add", nn.Linear(5, 3), nn.Linear(5, 3, bias=False)),
    ),
    (
        "a small U-Net", PICTURE,
        [
            {"layer": "convolution", "channels": 3, "kernel": 3, "padding": "same"}, {"layer": "batch_norm"},
            activation("relu", name="seen"),
            {"layer": "pool", "method": "maximum", "kernel": 2},
            {"layer": "convolution", "channels": 4, "kernel": 3, "padding": "same"}, activation("relu"),
            {"layer": "transposed_convolution", "channels": 3, "kernel": 2, "stride": 2},
            {"layer": "concat", "with": "seen"},
            {"layer": "convolution", "channels": 2, "kernel": 1},
        ],
        UNet,
    ),
    (
        "a purely dense network", ROW,
        [{"layer": "dense", "units": 4}, activation("relu"), {"layer": "dense", "units": 3}, activation("sigmoid"), {"layer": "dense", "units": 6}, activation("tanh")],
        lambda: nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3), nn.Sigmoid(), nn.Linear(3, 6), nn.Tanh()),
    ),
]  # fmt: skip


def plain(tensor):
    """Nested lists, to thirteen digits."""

    def short(value):
        return [short(item) for item in value] if isinstance(value, list) else float(f"{value:.13g}")

    return short(tensor.detach().tolist())


def stacked(each):
    return [plain(torch.stack(tensors)) for tensors in zip(*each)]


def case(name, size, layers, modules):
    """Every member on its own, in training and then as it is used, stacked afterwards."""
    members = []
    for _ in range(MEMBERS):
        module, x = modules(), draw(BATCH, *size).requires_grad_()
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(draw(*parameter.shape))
        parameters = list(module.parameters())
        module.train()
        output = module(x)
        slope = draw(*output.shape)
        gradients = torch.autograd.grad((output * slope).sum(), [x, *parameters])
        buffers = [it for key, it in module.named_buffers() if "batches" not in key]
        module.eval()
        members.append((x, parameters, slope, output, gradients, buffers, module(x)))
    alone = [stacked([[m[i]] for m in members])[0] for i in (0, 2, 3, 6)]
    return {
        "name": name, "input_size": size, "layers": layers,
        "input": alone[0], "slope": alone[1], "output": alone[2], "used": alone[3],
        "parameters": stacked([m[1] for m in members]),
        "gradients": stacked([m[4] for m in members]),
        "buffers": stacked([m[5] for m in members]),
    }  # fmt: skip


if __name__ == "__main__":
    result = [case(*it) for it in CASES]
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
