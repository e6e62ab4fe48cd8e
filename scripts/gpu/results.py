"""Reading what jobs leave: models, events, figures; and how far two of them are apart."""

import json

WHOLE_MODELS = ("model.safetensors", "encoder.safetensors", "decoder.safetensors")


def tensors(file):
    """The tensors of a safetensors file, by name: the type and the bytes of each."""
    data = file.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    body = data[8 + size :]
    return {
        name: (entry["dtype"], body[slice(*entry["data_offsets"])])
        for name, entry in header.items()
        if name != "__metadata__"
    }


def model(job):
    """All parameters that a job came to."""
    folder = job / "artifacts"
    files = [folder / name for name in WHOLE_MODELS if (folder / name).exists()]
    return {f"{file.stem}.{name}": it for file in files for name, it in tensors(file).items()}


def state(job):
    """The parameters that a job came to, and all of its last checkpoint: the optimiser's state too."""
    index = json.loads((job / "checkpoints/index.json").read_text())
    last = tensors(job / "checkpoints" / index["last"])
    return {**model(job), **{f"checkpoint.{name}": it for name, it in last.items()}}


def apart(one, other):
    """The relative distance |a - b| / |a| of each tensor of two sets."""
    import numpy

    kinds = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "I32": "<i4", "U8": "u1", "BOOL": "u1"}
    distances = {}
    for name in one.keys() | other.keys():
        if name not in one or name not in other or len(one[name][1]) != len(other[name][1]):
            distances[name] = float("inf")
            continue
        (kind, left), (_, right) = one[name], other[name]
        left, right = (numpy.frombuffer(it, kinds[kind]).astype("f8") for it in (left, right))
        distance = numpy.linalg.norm(left - right)
        distances[name] = float(distance / max(numpy.linalg.norm(left), 1e-12)) if distance else 0.0
    return distances


def worst(distances):
    """The tensor that is farthest apart, and how far."""
    return max(distances.items(), key=lambda item: item[1])


def jobs(run):
    """The names of a run's jobs, in order."""
    return json.loads((run / "run.json").read_text())["jobs"]


def record(job):
    return json.loads((job / "job.json").read_text())


def metrics(job):
    return json.loads((job / "outcome.json").read_text())["metrics"]


def events(job):
    """What a job has reported so far; its last line may not be whole yet."""
    try:
        lines = (job / "events.jsonl").read_text().split("\n")[:-1]
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines]


def scalars(job, tag):
    return [event["value"] for event in events(job) if event["event"] == "scalar" and event["tag"] == tag]


def training(job):
    """The progress events of a job's training: time in seconds since 1970, and steps done."""
    found, inside = [], False
    for event in events(job):
        if event["event"] == "phase":
            inside = event["name"] == "train"
        elif event["event"] == "progress" and inside:
            found.append((event["time"], event["done"]))
    return found
