"""Putting what the check needs into one folder that travels."""

import gzip
import os
import pathlib
import shutil
import subprocess

LIMIT_BYTES = 30 * 2**20
# So many of MNIST's training digits travel, and all that it is tested on.
TRAINING_DIGITS = 20_000


def digits(mnist, folder):
    """MNIST's files, of the training digits only the first ones."""
    folder.mkdir(parents=True)
    for what, heading, size in (("images-idx3-ubyte", 16, 28 * 28), ("labels-idx1-ubyte", 8, 1)):
        shutil.copyfile(mnist / f"t10k-{what}.gz", folder / f"t10k-{what}.gz")
        with gzip.open(mnist / f"train-{what}.gz") as file:
            data = file.read(heading + TRAINING_DIGITS * size)
        with gzip.GzipFile(folder / f"train-{what}.gz", "wb", mtime=0) as file:
            file.write(data[:4] + TRAINING_DIGITS.to_bytes(4, "big") + data[8:])


def pack(folder, programs, root):
    """Fills the folder: both programs without symbols, the scripts, and MNIST where EXP_DATA has it."""
    if folder.exists() and any(folder.iterdir()):
        raise SystemExit(f"gpu_check: {folder} is not empty")
    for name in ("exp", "exp-job"):
        if not (programs / name).is_file():
            raise SystemExit(f"gpu_check: {programs / name} is not there: cargo build --release makes it")
    (folder / "gpu").mkdir(parents=True)
    for name in ("exp", "exp-job"):
        subprocess.run(["strip", "-s", "-o", folder / name, programs / name], check=True)
    for file in sorted((root / "scripts/gpu").glob("*.py")):
        shutil.copy(file, folder / "gpu")
    for name in ("scripts/gpu_check", "benches/peer_train.py", "benches/peer_vae.py"):
        shutil.copy(root / name, folder)
    for place in filter(None, os.environ.get("EXP_DATA", "").split(":")):
        if (pathlib.Path(place) / "mnist/train-images-idx3-ubyte.gz").is_file():
            digits(pathlib.Path(place) / "mnist", folder / "data/digits")
            break
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    data = "with" if (folder / "data").exists() else "without"
    print(f"{folder}: {size / 2**20:.1f} MB, {data} digits of MNIST; on the other machine: python3 {folder.name}/gpu_check")
    if size > LIMIT_BYTES:
        raise SystemExit("gpu_check: that is more than 30 MB")
