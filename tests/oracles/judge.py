"""Kernel distances in exact fractions, and what several classifiers say together: writes judge.json.

    python tests/oracles/judge.py        (numpy)
"""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np

BLOCKS = 10

random = np.random.default_rng(7)


def kernel(f, g):
    product = sum(a * b for a, b in zip(f, g))
    return (product / len(f) + 1) ** 3


def squared(ones, others):
    """The unbiased estimate as it is defined: the mean of h over pairs of different rows."""
    n = len(ones)
    h = lambda i, j: (
        kernel(ones[i], ones[j])
        + kernel(others[i], others[j])
        - kernel(ones[i], others[j])
        - kernel(ones[j], others[i])
    )
    return sum(h(i, j) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))


def distance(one, other):
    exact = lambda rows: [[Fraction(float(x)) for x in row] for row in rows]
    ones, others = exact(one), exact(other)
    rows = min(len(ones), len(others))
    ones, others = ones[:rows], others[:rows]
    blocks = min(BLOCKS, rows // 2)
    size = rows // blocks
    each = [
        float(squared(ones[b * size : (b + 1) * size], others[b * size : (b + 1) * size]))
        for b in range(blocks)
    ]
    return {
        "one": one.tolist(),
        "other": other.tolist(),
        "squared": float(squared(ones, others)),
        "standard_error": float(np.std(each, ddof=1) / np.sqrt(blocks)) if blocks > 1 else None,
    }


def draw(rows, features, scale=1.0, shift=0.0):
    return (random.standard_normal((rows, features)) * scale + shift).round(4)


def distances():
    return {
        "different": distance(draw(43, 5), draw(43, 5, 1.5, 0.3)),
        "alike": distance(draw(30, 3), draw(30, 3)),
        "unequal": distance(draw(6, 4), draw(5, 4, 1.0, 1.0)),
        "one_block": distance(draw(3, 4), draw(3, 4)),
        "many": distance(draw(260, 2).round(2), draw(255, 2, 1.0, 0.1).round(2)),
        "far_from_zero": distance(draw(24, 4, 0.1, 300.0), draw(24, 4, 0.1, 300.0)),
    }


def opinion():
    shared = draw(12, 4, 4.0)
    logits = np.stack([shared, shared + draw(12, 4)])
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities = (powers / powers.sum(-1, keepdims=True)).mean(0)
    mean = probabilities.mean(0)
    return {
        "logits": logits.tolist(),
        "confidence": probabilities.max(-1).mean(),
        "confident_share": (probabilities.max(-1) > 0.9).mean(),
        "entropy": -(mean * np.log(mean)).sum(),
    }


if __name__ == "__main__":
    result = {"distances": distances(), "opinion": opinion()}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
