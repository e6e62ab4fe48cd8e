"""Prints what torch says of the CUDA devices, as a line of JSON. Run by gpu_check."""

import json

import torch

devices = []
for index in range(torch.cuda.device_count()):
    it = torch.cuda.get_device_properties(index)
    devices.append({
        "name": it.name,
        "memory_bytes": it.total_memory,
        "compute_capability": f"{it.major}.{it.minor}",
        "multiprocessors": it.multi_processor_count,
    })
print(json.dumps({
    "torch": torch.__version__,
    "cuda": torch.version.cuda,
    "cudnn": torch.backends.cudnn.version(),
    "devices": devices,
}))
