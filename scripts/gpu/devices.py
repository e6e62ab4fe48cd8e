"""The first step: which devices there are, and how long it takes to find out."""

import subprocess
import time

from .finding import Finding
from .programs import Failed


class NoDevice(Failed):
    """libtorch finds no CUDA device here."""


def driver():
    """The driver's version, as its own tool or the kernel's module says it."""
    try:
        command = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
        found = subprocess.run(command, capture_output=True, text=True, timeout=20)
        if found.returncode == 0:
            return found.stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        pass
    try:
        return open("/proc/driver/nvidia/version").readline().strip()
    except OSError:
        return "unknown"


def devices(programs, kept):
    """What `exp-job --devices` says, cold and warm, and what torch and the driver say beside it."""
    job = programs.folder / "exp-job"
    seconds, said = [], ""
    for _ in range(3):
        started = time.monotonic()
        said = programs.call([job, "--devices"])[1].strip()
        seconds.append(time.monotonic() - started)
    found = [line for line in said.splitlines() if line.startswith("cuda:")]
    if not found:
        raise NoDevice(said.replace("\n", "; "))
    kept["count"] = len(found)
    times = f"{seconds[0]:.2f} s cold, {min(seconds[1:]):.2f} s warm"
    return Finding(None, f"{', '.join(found)}; {times}", said.splitlines(), {"devices": found, "seconds": seconds})


def description(programs, kept, ask_torch):
    """Name, memory, driver, CUDA, compute capability; and whether torch counts as many devices."""
    said, torch = driver(), ask_torch
    kept["torch"] = torch
    if "error" in torch:
        return Finding(None, f"driver: {said}; torch cannot be asked: {torch['error']}", [], {"driver": said, "torch": torch})
    lines = [
        f"{it['name']}, {it['memory_bytes'] / 2**30:.1f} GiB, compute capability {it['compute_capability']}, "
        f"{it['multiprocessors']} multiprocessors"
        for it in torch["devices"]
    ]
    words = f"torch {torch['torch']}, CUDA {torch['cuda']}, cuDNN {torch['cudnn']}; driver: {said}"
    if not torch["devices"]:  # a stand-in for a device, which torch does not know
        return Finding(None, f"{words}; torch sees no device", lines, {"driver": said, "torch": torch})
    return Finding(len(torch["devices"]) == kept["count"], words, lines, {"driver": said, "torch": torch})
