"""Steps at the edges: memory that is not enough, devices that are not there."""

import re
import subprocess
import time

from . import results, specs
from .finding import Finding
from .programs import TooSlow, end_session, in_session

PIXELS = 28 * 28
EXAMPLES = 5_000


def out_of_memory(programs, memory):
    """A network whose first layer gives more than the device holds: it must fail alone, with exit code
    1 and a message, and leave nothing running. Its parameters are few: only the device's memory ends."""
    if not memory:
        return Finding(None, "skipped: nothing says how much memory the device has (--memory BYTES does)")
    channels = int(1.2 * memory / (EXAMPLES * PIXELS * 4)) + 1
    network = f"{{ name: cnn, channels: [{channels}], kernel: 3, hidden: [] }}"
    text = specs.classifier(network, epochs=1, batch=EXAMPLES, data=f"{{ set: glyphs, train: {EXAMPLES}, validation: 0, test: 100 }}")
    folder = programs.scratch / "memory"
    folder.mkdir()
    file = folder / "spec.yaml"
    file.write_text(specs.spec("memory", large=text))
    command = [programs.folder / "exp", "run", file, "--runs", folder / "runs", "--device", "cuda", "--quiet"]
    process = programs.start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        _, said = process.communicate(timeout=max(1.0, programs.deadline - time.monotonic()))
        time.sleep(0.2)
        left = in_session(process.pid)
    except subprocess.TimeoutExpired:
        raise TooSlow("the job neither failed nor ended in time") from None
    finally:
        end_session(process)
    job = next(folder.glob("runs/*/*/large"))
    message = results.record(job)["message"] or ""
    good = process.returncode == 1 and "memory" in message.lower() and not left
    first = re.split(r"\\n|\n", message)[0] or "no message"
    lines = [f"it says: {first[:300]}", f"the message has {len(message):,} characters; exp said {len(said):,} on standard error"]
    figures = {"code": process.returncode, "message": message, "left_running": left, "channels": channels}
    return Finding(good, f"exit code {process.returncode}, {len(left)} processes left running", lines, figures)


SMALL = specs.classifier("{ name: mlp, hidden: [30] }", epochs=1, data="{ set: glyphs, train: 200, validation: 0, test: 100 }")


def absent_device(programs, count):
    """A device beyond the last one: refused before anything starts."""
    device = f"cuda:{count}"
    run, code, said = programs.run("absent", specs.spec("absent", small=SMALL), device, codes=None)
    good = code == 2 and run is None and device in said
    return Finding(good, f"--device {device}: exit code {code}", [said.strip()[:300]], {"code": code, "said": said})


def hidden_devices(programs):
    """No visible device: `auto` takes the CPU, `cuda` is refused."""
    hide = {"CUDA_VISIBLE_DEVICES": ""}
    run, code, said = programs.run("hidden", specs.spec("hidden", small=SMALL), "auto", variables=hide, codes=None)
    device = results.record(run / "small")["device"] if run else "nothing"
    _, refused, words = programs.run("refused", specs.spec("refused", small=SMALL), "cuda", variables=hide, codes=None)
    good = code == 0 and device == "cpu" and refused == 2
    lines = [f"auto: exit code {code}, ran on {device} {said.strip()[:200]}", f"cuda: exit code {refused}: {words.strip()[:300]}"]
    return Finding(good, f"auto takes {device}; cuda ends with {refused}", lines, {"auto": code, "device": device, "cuda": refused})
