"""Starting the programs on this machine: their libraries, their time limits, what they leave running."""

import importlib.util
import json
import os
import pathlib
import signal
import subprocess
import sys
import time


class TooSlow(Exception):
    """A command was still running at its limit, and was ended."""


class Failed(Exception):
    """A command ended with another exit code than it should have."""


def library_folders():
    """Where this Python's torch keeps its libraries; torch itself is not imported (that takes seconds,
    and would warm the disk cache before the cold start is timed)."""
    found = importlib.util.find_spec("torch")
    if found is None or not found.submodule_search_locations:
        return []
    torch = pathlib.Path(next(iter(found.submodule_search_locations))).resolve()
    return [torch / "lib", *sorted((torch.parent / "nvidia").glob("*/lib"))]


class Programs:
    """The two programs in a folder, and how they are started."""

    def __init__(self, folder, scratch, first, data):
        self.folder, self.scratch, self.data = folder, scratch, data
        self.deadline = None  # of the step that is under way, on time.monotonic's clock
        path = [*map(str, first), *map(str, library_folders())]
        path += filter(None, [os.environ.get("LD_LIBRARY_PATH")])
        self.variables = {**os.environ, "LD_LIBRARY_PATH": ":".join(path)}
        self.variables.update(EXP_CACHE=str(scratch / "cache"), HOME=str(scratch))
        for name in ("EXP_DATA", "EXP_RUNS", "EXP_JOB"):
            self.variables.pop(name, None)
        if data:
            self.variables["EXP_DATA"] = str(data)

    @property
    def has_digits(self):
        """Whether some digits of MNIST are in the folder of data."""
        return bool(self.data) and (self.data / "digits").is_dir()

    def start(self, command, variables=None, **options):
        """Starts a command in a session of its own, so that all of it can be found and ended."""
        return subprocess.Popen(
            [str(word) for word in command],
            env={**self.variables, **(variables or {})},
            cwd=self.scratch,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            **options,
        )

    def call(self, command, variables=None, codes=(0,)):
        """Runs a command to its end, at the latest to that of its step; returns the code, standard
        output and standard error."""
        process = self.start(command, variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, error = process.communicate(timeout=max(1.0, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            end_session(process)
            raise TooSlow(f"{pathlib.Path(str(command[0])).name} did not end in time") from None
        except BaseException:
            end_session(process)
            raise
        if codes is not None and process.returncode not in codes:
            words = (error.strip() or out.strip() or "nothing said")[-600:]
            raise Failed(f"{' '.join(map(str, command[:2]))} ended with {process.returncode}: {words}")
        return process.returncode, out, error

    def run(self, name, spec, device, *arguments, variables=None, codes=(0,)):
        """`exp run` on a spec, under a root of its own; returns the run's folder (None where there is
        none), the exit code and what was said on standard error."""
        folder = self.scratch / name
        folder.mkdir()
        file = folder / "spec.yaml"
        file.write_text(spec)
        command = [self.folder / "exp", "run", file, "--runs", folder / "runs", "--quiet"]
        command += ["--device", device, *arguments]
        code, _, error = self.call(command, variables, codes)
        made = sorted((folder / "runs").glob("*/*/run.json"))
        return (made[-1].parent if made else None), code, error

    def python(self, script, *arguments):
        """A script of this Python, which prints a line of JSON last."""
        command = [sys.executable, script, *arguments]
        plain = {"LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")}
        return json.loads(self.call(command, plain)[1].strip().splitlines()[-1])


def in_session(leader):
    """The processes of a session, by the kernel's list; none where there is no such list."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(entry.parent.name))
    return found


def end_session(process):
    """Kills a command and whatever it has started."""
    for number in {process.pid, *in_session(process.pid)}:
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()


def interrupt(process, seconds):
    """Ends `exp run` as Ctrl-C does, and kills what is left of it after so long."""
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        end_session(process)
        raise TooSlow("the run did not stop when it was asked to") from None
