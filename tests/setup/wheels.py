"""Makes wheels that hold next to nothing under the names that scripts/setup and scripts/python fetch, and
files that pin their digests. Arguments: a folder for the wheels, one for the pins."""

import hashlib
import pathlib
import sys
import zipfile

LIBRARIES = ["libtorch_cpu", "libc10", "libtorch", "libtorch_python"]
TORCH = {f"torch/lib/{name}.{end}": name for name in LIBRARIES for end in ("so", "dylib")}
TORCH |= {"torch/include/torch.h": "", "torch/lib/libtorch_cuda.so": "left out"}
WHEELS = {
    "libtorch": [
        ("torch", "2.11.0", TORCH),
        ("nvidia_cuda_runtime", "13.0.96", {"nvidia/cu13/lib/libcudart.so.13": ""}),
        ("nvidia_cuda_cupti", "13.0.85", {"nvidia/cu13/lib/libcupti.so.13": ""}),
    ],
    "python": [("tensorboard", "2.21.0", {"tensorboard/__init__.py": ""})],
}


def wheel(folder, name, version, files):
    about = f"{name}-{version}.dist-info"
    files = {
        **files,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{about}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{about}/RECORD"])
    file = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return hashlib.sha256(file.read_bytes()).hexdigest()


wheels, pins = map(pathlib.Path, sys.argv[1:])
for pinned, contents in WHEELS.items():
    lines = [f"{name.replace('_', '-')}=={version} --hash=sha256:{wheel(wheels, name, version, files)}\n" for name, version, files in contents]
    (pins / f"{pinned}.txt").write_text("".join(lines))
