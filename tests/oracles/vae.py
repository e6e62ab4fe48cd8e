"""What PyTorch and torch.distributions say of bounds on log p(x) and their gradients: writes vae.json.

    python tests/oracles/vae.py        (torch 2.11.0)
"""

import json
import math
from pathlib import Path

import torch
from torch.distributions import Bernoulli, Independent, Normal, kl_divergence
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(5)

MEMBERS, EXAMPLES, SAMPLES, LATENT = 2, 3, 4, 2
LATENT_END, PIXEL_END = 14.0, 10.0


def draw(*size, scale=0.5):
    return (torch.randn(*size) * scale).round(decimals=4)


def plain(tensor):
    """Nested lists of numbers, to twelve digits."""
    if tensor.dim() == 0:
        return float(f"{tensor.item():.12g}")
    return [plain(part) for part in tensor.detach()]


def bounded(raw, end):
    """Any number brought smoothly to within `end` of zero."""
    return end - F.softplus(end - (F.softplus(raw + end) - end))


class Dense(torch.nn.Sequential):
    def __init__(self, sizes, activation):
        layers = []
        for inputs, outputs in zip(sizes, sizes[1:]):
            layers += [torch.nn.Linear(inputs, outputs), activation()]
        super().__init__(*layers[:-1])


class Encoder(torch.nn.Sequential):
    """5 x 6 pixels, two blocks, then dense layers."""

    def __init__(self, outputs):
        nn = torch.nn
        super().__init__(
            nn.Unflatten(-1, (1, 5, 6)),
            nn.Conv2d(1, 2, 3, stride=2, padding=1), nn.Tanh(),
            nn.Conv2d(2, 3, 3, stride=2, padding=1), nn.Tanh(),
            nn.Flatten(), nn.Linear(3 * 2 * 2, 4), nn.Tanh(), nn.Linear(4, outputs),
        )


class Decoder(torch.nn.Sequential):
    """The other way: 2 x 2 to 3 x 3 to 5 x 6 pixels."""

    def __init__(self, channels):
        nn = torch.nn
        super().__init__(
            nn.Linear(LATENT, 4), nn.Tanh(), nn.Linear(4, 3 * 2 * 2), nn.Tanh(),
            nn.Unflatten(-1, (3, 2, 2)),
            nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1), nn.Tanh(),
            nn.ConvTranspose2d(2, channels, 3, stride=2, padding=1, output_padding=(0, 1)),
            nn.Flatten(),
        )


def likelihood(name, output):
    """p(x | z), given what the decoder says."""
    if name == "bernoulli":
        # Grey values are taken for probabilities.
        return Independent(Bernoulli(logits=output, validate_args=False), 1)
    if name == "gaussian_fixed":
        return Independent(Normal(output, math.sqrt(0.3)), 1)
    mean, raw = output.chunk(2, -1)
    mean = torch.sigmoid(mean) if name == "bounded_gaussian" else mean
    return Independent(Normal(mean, (bounded(raw, PIXEL_END) / 2).exp()), 1)


def losses(encoder, decoder, name, pictures, noise, beta):
    """Minus each estimate of the bound, the mean over examples."""
    mean, raw = encoder(pictures).chunk(2, -1)
    posterior = Independent(Normal(mean, (bounded(raw, LATENT_END) / 2).exp()), 1)
    prior = Independent(Normal(torch.zeros(LATENT), torch.ones(LATENT)), 1)
    z = posterior.mean + posterior.stddev * noise
    output = decoder(z.flatten(0, 1)).view(SAMPLES, EXAMPLES, -1)
    log_likelihood = likelihood(name, output).log_prob(pictures)
    weights = log_likelihood + beta * (prior.log_prob(z) - posterior.log_prob(z))
    return {
        "sampled": -weights.mean(),
        "analytic": -(log_likelihood.mean(0) - beta * kl_divergence(posterior, prior)).mean(),
        "importance_weighted": -(weights.logsumexp(0) - math.log(SAMPLES)).mean(),
    }


def case(name, networks, pixels, beta):
    """Every member on its own, stacked afterwards."""
    pictures = torch.rand(MEMBERS, EXAMPLES, pixels).round(decimals=3)
    noise = draw(MEMBERS, SAMPLES, EXAMPLES, LATENT, scale=1.0)
    found, values = [], []
    for k in range(MEMBERS):
        encoder, decoder = networks()
        parameters = [*encoder.parameters(), *decoder.parameters()]
        with torch.no_grad():
            for parameter in parameters:
                parameter.copy_(draw(*parameter.shape))
        values.append(parameters)
        own = losses(encoder, decoder, name, pictures[k], noise[k], beta)
        found.append({
            which: (loss, torch.autograd.grad(loss, parameters, retain_graph=True))
            for which, loss in own.items()
        })
    count = len(values[0])
    return {
        "likelihood": name,
        "beta": beta,
        "encoder_parameters": len(list(networks()[0].parameters())),
        "pictures": plain(pictures),
        "noise": plain(noise),
        "parameters": [plain(torch.stack([v[i] for v in values])) for i in range(count)],
        "bounds": {
            which: {
                "loss": plain(torch.stack([f[which][0] for f in found])),
                "gradients": [
                    plain(torch.stack([f[which][1][i] for f in found])) for i in range(count)
                ],
            }
            for which in found[0]
        },
    }


def outputs(name):
    return 1 if name in ("bernoulli", "gaussian_fixed") else 2


def main():
    cases = []
    for name in ["bernoulli", "gaussian_learned", "gaussian_fixed", "bounded_gaussian"]:
        activation = torch.nn.Tanh if name != "gaussian_learned" else torch.nn.ReLU
        dense = lambda: (
            Dense([6, 4, 3, 2 * LATENT], activation),
            Dense([LATENT, 3, 4, 6 * outputs(name)], activation),
        )
        found = case(name, dense, 6, 0.7 if name == "bounded_gaussian" else 1.0)
        cases.append({"network": "mlp", "activation": activation.__name__.lower(), **found})
    for name in ["bernoulli", "bounded_gaussian"]:
        convolutional = lambda: (Encoder(2 * LATENT), Decoder(outputs(name)))
        cases.append({"network": "cnn", "activation": "tanh", **case(name, convolutional, 30, 1.0)})
    path = Path(__file__).with_name("vae.json")
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")


main()
