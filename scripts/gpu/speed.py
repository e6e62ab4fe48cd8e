"""Steps that time things: training steps beside PyTorch's, checkpoints, two jobs at once."""

import time

from . import results, specs
from .finding import Finding
from .programs import Failed, TooSlow, end_session, interrupt

BATCH = 100
# Progress before this is left out: libraries load kernels, caches fill, clocks rise.
WARM_UP_SECONDS = 1.0


def timed(programs):
    """The jobs that are timed, on digits where there are some: an epoch has 200 steps then, else 100."""
    return specs.timed(specs.DIGITS if programs.has_digits else specs.GLYPHS)


def follow(programs, name, jobs, device, seconds, variables=None):
    """Starts jobs that train until they are stopped, all at once, waits until each has trained for so
    long after its warm-up, and stops them. Returns the steps a second of each."""
    folder = programs.scratch / name
    folder.mkdir()
    file = folder / "spec.yaml"
    file.write_text(specs.spec("timed", **jobs))
    command = [programs.folder / "exp", "run", file, "--runs", folder / "runs", "--quiet"]
    command += ["--device", device, "--jobs", str(len(jobs))]
    with open(folder / "error.txt", "w+") as error:
        process = programs.start(command, variables, stdout=error, stderr=error)
        try:
            rates = wait(programs, process, folder, jobs, seconds)
            if rates is None:
                error.seek(0)
                raise Failed(f"the run ended with {process.returncode}: {error.read().strip()[-400:]}")
            interrupt(process, 20)
        finally:
            end_session(process)
    return rates


def wait(programs, process, folder, jobs, seconds):
    """The rates, once there is enough of them; None where the run ended before."""
    while process.poll() is None:
        if time.monotonic() > programs.deadline:
            raise TooSlow("training did not come far enough in time")
        found = [rate(next(iter(folder.glob(f"runs/*/*/{job}")), None), seconds) for job in jobs]
        if all(found):
            return dict(zip(jobs, found))
        time.sleep(0.05)
    return None


def rate(job, seconds):
    """Steps a second of a job over so many seconds after its warm-up; None while there are too few."""
    points = results.training(job) if job else []
    points = [point for point in points if point[0] >= points[0][0] + WARM_UP_SECONDS]
    if len(points) < 2 or points[-1][0] - points[0][0] < seconds:
        return None
    (first, from_step), (last, to_step) = points[0], points[-1]
    return (to_step - from_step) / (last - first)


def rates(programs, kept, device, seconds, only=None, variables=None, way=None):
    """Member-examples a second of each network, alone on its device."""
    way = way or device
    lines, figures, missing = [], {}, []
    networks, whole = timed(programs), programs.deadline
    names = [name for name in networks if not only or name in only]
    for index, name in enumerate(names):
        job, members = networks[name]
        now = time.monotonic()  # each has its share of what is left, so that a slow one leaves time to others
        programs.deadline = now + (whole - now) / (len(names) - index)
        try:
            label = f"rate-{way}-{name}".replace(", ", "-")
            steps = follow(programs, label, {"timed": job}, device, seconds, variables)["timed"]
        except (Failed, TooSlow) as error:
            missing.append(name)
            lines.append(f"{name}: not measured: {error}")
            continue
        figures[name] = {"steps_per_second": steps, "member_examples_per_second": steps * BATCH * members}
        lines.append(f"{name}: {steps:,.1f} steps/s of {1e3 / steps:.3f} ms, {steps * BATCH * members:,.0f} member-examples/s")
    kept[way] = figures
    for network in ("mlp", "cnn"):
        one, ten = figures.get(f"{network}, one"), figures.get(f"{network}, ten")
        if one and ten:
            times = ten["member_examples_per_second"] / one["member_examples_per_second"]
            lines.append(f"{network}: ten in one job learn {times:.1f} times as fast as one")
    words = f"{len(figures)} networks timed" + (f", {len(missing)} not ({'; '.join(missing)})" if missing else "")
    return Finding(False if missing else None, words, lines, figures)


def peers(programs, kept, folder, steps, device):
    """The same training in PyTorch on the same device: resident tensors, fused Adam."""
    commands = {
        "mlp, one": ("peer_train.py", "800,800", steps, 1, "-", "resident", device),
        "cnn, one": ("peer_train.py", "cnn", steps, 1, "-", "resident", device),
        "vae, one": ("peer_vae.py", steps, 1, "-", "resident", device),
    }
    lines, figures = [], {}
    for name, (script, *arguments) in commands.items():
        try:
            found = programs.python(folder / script, *arguments)
        except Exception as error:
            lines.append(f"{name}: PyTorch not measured: {str(error).strip().splitlines()[-1]}")
            continue
        theirs = 1e3 / found["milliseconds_per_step"]
        ours = kept.get("cuda", {}).get(name, {}).get("steps_per_second")
        figures[name] = {"steps_per_second": theirs, "exp_over_pytorch": ours and ours / theirs}
        beside = f"; exp {ours:,.1f}, {ours / theirs:.2f} times" if ours else ""
        lines.append(f"{name}: PyTorch {theirs:,.1f} steps/s{beside}")
    ratios = [it["exp_over_pytorch"] for it in figures.values() if it["exp_over_pytorch"]]
    words = "exp " + " / ".join(f"{ratio:.2f}" for ratio in ratios) + " times as fast" if ratios else "not measured"
    return Finding(None, words, lines, figures)


def together(programs, kept, seconds):
    """Two jobs at once on one device, beside one alone."""
    job = timed(programs)["mlp, one"][0]
    both = follow(programs, "together", {"left": job, "right": job + "    seed: 2\n"}, "cuda:0", seconds)
    alone = kept.get("cuda", {}).get("mlp, one", {}).get("steps_per_second")
    folders = sorted((programs.scratch / "together").glob("runs/*/*/*/job.json"))
    devices = {results.record(folder.parent)["device"] for folder in folders}
    share = f", {sum(both.values()) / alone:.2f} times one alone" if alone else ""
    words = f"{both['left']:,.0f} and {both['right']:,.0f} steps/s on {' and '.join(sorted(devices))}{share}"
    return Finding(devices == {"cuda:0"}, words, [], {"steps_per_second": both, "alone": alone})


def checkpoints(programs, epochs):
    """How long a job takes with a checkpoint after every epoch, and with none but the last."""
    every = specs.QUIET.replace("checkpoint_every_epochs: 100000", "checkpoint_every_epochs: 1")
    # How much is written down is no part of what a job means: only other seeds make them two jobs.
    jobs = {
        f"{members}_{name}": specs.classifier(specs.MLP, count, epochs, logging=logging) + f"    seed: {seed}\n"
        for members, count in (("one", 1), ("ten", 10))
        for name, logging, seed in (("none", specs.QUIET, 1), ("every", every, 2))
    }
    run, _, _ = programs.run("checkpoints", specs.spec("checkpoints", **jobs), "cuda")
    lines, figures = [], {}
    for members in ("one", "ten"):
        seconds = {}
        for name in ("none", "every"):
            events = results.events(run / f"{members}_{name}")
            begin = next(event["time"] for event in events if event["event"] == "phase" and event["name"] == "train")
            end = max(event["time"] for event in events if event["event"] == "checkpoint")
            stood = sum(event["seconds"] for event in events if event["event"] == "checkpoint")
            seconds[name] = {"training": end - begin, "stood_still": stood}
        figures[members] = seconds
        lines.append(
            f"{members}: {epochs} epochs in {seconds['none']['training']:.2f} s with the last checkpoint alone, "
            f"{seconds['every']['training']:.2f} s with one an epoch (training stood still for {seconds['every']['stood_still']:.2f} s)"
        )
    more = {name: it["every"]["training"] / it["none"]["training"] for name, it in figures.items()}
    return Finding(None, f"{more['one']:.2f} and {more['ten']:.2f} times as long (one and ten members)", lines, figures)
