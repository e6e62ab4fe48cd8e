"""Steps that ask whether what comes out is right: against the CPU, again, resumed, on real digits.

A step returns a `Finding`: alike, not alike, or (None) only reported.
"""

import os
import re

from . import results, specs
from .finding import Finding
from .programs import Failed

NO_TF32 = {"NVIDIA_TF32_OVERRIDE": "0"}
# Starting a job on CUDA takes seconds, and these take less: several at a time.
SIDE_BY_SIDE = ["--jobs", str(max(2, min(6, (os.cpu_count() or 1) // 2)))]


def ask_torch(programs, here):
    """What this Python's torch says of the device; an error's last line where it cannot be asked."""
    try:
        return programs.python(here / "ask_torch.py")
    except Exception as error:
        return {"error": str(error).strip().splitlines()[-1]}


WAYS = {
    "cpu": ("cpu", {}),
    "exact": ("cuda", NO_TF32),
    "again": ("cuda", NO_TF32),
    "default": ("cuda", {}),
}


def carry(programs, kept, way):
    """The spec of all methods, carried out in one of these ways; the steps below compare them."""
    device, variables = WAYS[way]
    kept[way] = programs.run(way, specs.EQUALITY, device, *SIDE_BY_SIDE, variables=variables)[0]
    return Finding(None, f"{len(results.jobs(kept[way]))} jobs on {device}" + (" without TF32" if variables else ""))


def need(kept, *ways):
    """The runs of these ways.

    Raises Failed where one is missing, since its step failed."""
    for way in ways:
        if way not in kept:
            raise Failed(f"there is no run '{way}' to compare: see its own step")
    return [kept[way] for way in ways]


def gaps(one, other, names):
    """How far the models of two runs are apart: by job, its farthest tensor and the distance."""
    return {name: results.worst(results.apart(results.model(one / name), results.model(other / name))) for name in names}


def equality(kept):
    """Whether jobs that draw nothing on the device end as on the CPU after a few steps."""
    cpu, exact = need(kept, "cpu", "exact")
    names = [name for name in results.jobs(cpu) if name not in specs.DRAW]
    good, lines, figures = True, [], {}
    exact, default = (gaps(cpu, run, names) for run in (exact, kept.get("default", exact)))
    for name in names:
        limit = specs.TOLERANCE["convolutional" if name in specs.CONVOLUTIONAL else "dense"]
        (tensor, gap), gap_default = exact[name], default[name][1]
        fine = gap <= limit
        good &= fine
        lines.append(f"{name}: {gap:.1e} ({tensor}; at most {limit:.0e}), with TF32 as it comes {gap_default:.1e}"
                     + ("" if fine else ": NOT ALIKE"))
        figures[name] = {"relative_distance": gap, "tensor": tensor, "with_default_tf32": gap_default, "limit": limit}
    largest = max(gap for _, gap in exact.values())
    return Finding(good, f"{len(names)} jobs, farthest {largest:.1e} without TF32", lines, figures)


def drawing(kept):
    """Whether jobs that draw on the device ran there and learnt."""
    need(kept, "cpu", "exact")
    good, lines, figures = True, [], {}
    for name in specs.DRAW:
        losses = {way: results.scalars(kept[way] / name, "train/loss") for way in ("cpu", "exact")}
        falls = {way: len(values) > 1 and values[-1] < values[0] for way, values in losses.items()}
        fine = falls["exact"] or not falls["cpu"]  # what does not fall on the CPU either shows nothing
        good &= fine
        ends = {way: f"{values[0]:.4g} to {values[-1]:.4g}" for way, values in losses.items()}
        lines.append(f"{name}: loss from {ends['exact']} (on the CPU, with other draws, {ends['cpu']})"
                     + ("" if fine else ": NOT ALIKE"))
        figures[name] = losses
    return Finding(good, f"{len(specs.DRAW)} jobs, losses fall", lines, figures)


def again(kept):
    """Whether a job that runs twice on CUDA ends with the same bits."""
    need(kept, "exact", "again")
    lines, figures, equal, sound = [], {}, 0, True
    names = results.jobs(kept["exact"])
    for name in names:
        one, other = (results.state(kept[way] / name) for way in ("exact", "again"))
        distances = {tensor: gap for tensor, gap in results.apart(one, other).items() if one[tensor] != other.get(tensor)}
        figures[name] = distances
        if not distances:
            equal += 1
            continue
        tensor, gap = results.worst(distances)
        # Rounding in another order is what CUDA allows; more than the CPU may differ is not.
        sound &= gap <= specs.TOLERANCE["convolutional"] or name in specs.DRAW
        lines.append(f"{name}: {len(distances)} of {len(one)} tensors differ, {tensor} by {gap:.1e}")
    kept["repeats"] = equal == len(names)
    verdict = (True if kept["repeats"] else None) if sound else False
    return Finding(verdict, f"{equal} of {len(names)} jobs end with the same bits", lines, figures)


def resuming(programs, kept, kills):
    """What `exp verify-resume` says on CUDA."""
    folder = programs.scratch / "resuming"
    folder.mkdir()
    file = folder / "resuming.yaml"
    file.write_text(specs.RESUMING)
    command = [programs.folder / "exp", "verify-resume", file, "--runs", folder / "runs"]
    command += ["--device", "cuda", "--kills", str(kills)]
    code, said, error = programs.call(command, NO_TF32, codes=(0, 1))
    lines = said.strip().splitlines()
    words = lines[0].rpartition("/")[2] if lines else error.strip()[-300:]
    compared = re.search(r"resume(?:s)? exactly", words)
    if code == 0:
        verdict = True
    else:  # where two runs that nobody kills differ too, that is as far as it can hold
        verdict = None if compared and not kept.get("repeats", False) else False
    return Finding(verdict, words, lines[1:] or [], {"code": code, "said": lines})


def digits(programs, epochs):
    """Whether a network learns real digits as it should."""
    if not programs.has_digits:
        return Finding(None, "skipped: no digits in the folder (EXP_DATA had no mnist when it was packed)")
    text = specs.classifier(specs.MLP, epochs=epochs, data=specs.DIGITS, logging="{ checkpoint_every_epochs: 100 }")
    run, _, _ = programs.run("digits", specs.spec("digits", digits=text), "cuda")
    found = results.metrics(run / "digits")
    errors = found["test/errors"]
    words = f"{errors:.0f} errors of 10,000 MNIST digits after {epochs} epochs of 20,000 (MLP 800-800)"
    return Finding(errors < specs.DIGIT_ERRORS, words, [], {"metrics": found, "epochs": epochs})
