"""What PyTorch, scikit-learn and NumPy say about networks, losses and metrics: writes nn.json.

    python tests/oracles/nn.py        (torch 2.11.0, numpy, scikit-learn)
"""

import json
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import confusion_matrix, log_loss
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(2)


def draw(*size):
    return (torch.randn(*size) * 0.5).round(decimals=4)


def plain(tensor):
    return tensor.detach().tolist()


def network(modules, input, labels, members):
    """Every member on its own: parameters, logits, losses and gradients, stacked afterwards."""
    results = []
    for k in range(members):
        model = modules()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(draw(*parameter.shape))
        logits = model(input[k])
        loss = F.cross_entropy(logits, labels[k])
        loss.backward()
        values = list(model.parameters())
        results.append((values, logits, loss, [p.grad for p in values]))
    count = len(results[0][0])
    return {
        "input": plain(input),
        "labels": plain(labels),
        "parameters": [plain(torch.stack([r[0][i] for r in results])) for i in range(count)],
        "logits": plain(torch.stack([r[1] for r in results])),
        "loss": plain(torch.stack([r[2] for r in results])),
        "gradients": [plain(torch.stack([r[3][i] for r in results])) for i in range(count)],
    }


def mlp():
    nn = torch.nn
    return nn.Sequential(
        nn.Flatten(), nn.Linear(9, 5), nn.ReLU(), nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3)
    )


def cnn():
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(2, 2, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(2, 3, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 3),
    )  # fmt: skip


def networks():
    labels = torch.randint(3, (2, 4))
    return {
        "mlp": network(mlp, draw(2, 4, 1, 3, 3), labels, 2),
        "cnn": network(cnn, draw(2, 4, 2, 8, 5), labels, 2),
    }


def losses():
    logits, teachers = draw(2, 4, 5) * 4, draw(3, 4, 5) * 6
    labels = torch.randint(5, (2, 4))
    cases = []
    for temperature in (0.01, 1.0, 4.0, 20.0, 1e4):
        soft = torch.stack([F.softmax(z / temperature, -1) for z in teachers]).mean(0)
        for weight in (0.0, 0.5, 1.0):
            z = logits.clone().requires_grad_()
            each = []
            for k in range(2):
                divergence = F.kl_div(
                    F.log_softmax(z[k] / temperature, -1), soft, reduction="batchmean"
                )
                hard = F.cross_entropy(z[k], labels[k])
                each.append(weight * divergence * temperature**2 + (1 - weight) * hard)
            loss = torch.stack(each)
            loss.sum().backward()
            cases.append({
                "temperature": temperature, "soft_weight": weight, "soft_targets": plain(soft),
                "loss": plain(loss), "gradient": plain(z.grad),
            })  # fmt: skip
    return {
        "logits": plain(logits), "teachers": plain(teachers), "labels": plain(labels),
        "cases": cases,
    }  # fmt: skip


def calibration_error(probabilities, labels, bins):
    confidence, answer = probabilities.max(1), probabilities.argmax(1)
    total = 0.0
    for low in range(bins):
        inside = (confidence > low / bins) & (confidence <= (low + 1) / bins)
        if inside.any():
            gap = (answer == labels)[inside].mean() - confidence[inside].mean()
            total += abs(gap) * inside.mean()
    return total


def metrics():
    logits = draw(3, 40, 4) * 3
    labels = torch.randint(4, (40,)).numpy()
    probabilities = F.softmax(logits, -1).numpy()
    answers = probabilities.argmax(-1)
    mean = probabilities.mean(0)
    pairs = [(0, 1), (0, 2), (1, 2)]

    def nll(p):
        return log_loss(labels, p, labels=range(4))

    return {
        "logits": plain(logits), "labels": labels.tolist(),
        "errors": [int((a != labels).sum()) for a in answers],
        "accuracy": [float((a == labels).mean()) for a in answers],
        "nll": [nll(p) for p in probabilities],
        "ensemble_probabilities": mean.tolist(),
        "ensemble_errors": int((mean.argmax(-1) != labels).sum()), "ensemble_nll": nll(mean),
        "confusion": confusion_matrix(labels, answers[0], labels=range(4)).tolist(),
        "pairwise_agreement": float(np.mean([(answers[i] == answers[j]).mean() for i, j in pairs])),
        "calibration_error": [calibration_error(p, labels, 10) for p in probabilities],
    }  # fmt: skip


if __name__ == "__main__":
    result = {"networks": networks(), "losses": losses(), "metrics": metrics()}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
