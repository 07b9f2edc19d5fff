"""The safetensors file that we write, read by a few lines of numpy: tensors
follow each other aligned to their elements, and the int8 rows with their
scales are what the formula of docs/formats/safetensors.md gives."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import ml_dtypes
import numpy

from safetensors_peer.int8_rows import NAMES, quantized, read, write

rewrite_model = pathlib.Path(os.environ["TRIVIUM_BUILD"],
                             "bin/tests/rewrite_model")


def model():
    generator = numpy.random.default_rng(7)
    weights = {}
    for dtype in (numpy.float32, numpy.float16, ml_dtypes.bfloat16):
        x = generator.standard_normal((33, 65), dtype=numpy.float32)
        x[0] = 0
        x[1] *= 1e-6
        x[2, 5] = 90
        weights[f"{NAMES[numpy.dtype(dtype)]}.weight"] = x.astype(dtype)
    return weights, {
        "norm.weight": generator.standard_normal(7, dtype=numpy.float32),
        "ids": numpy.arange(3, dtype=numpy.int64)}


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    weights, kept = model()
    write(folder / "model.safetensors", {**weights, **kept})
    subprocess.run([rewrite_model, folder / "model.safetensors",
                    "int8_row_ct", folder / "out"], check=True)
    written = read(folder / "out/model.safetensors")
    config = json.loads((folder / "out/config.json").read_text())

wrong = []
for name, weight in weights.items():
    values, scale = quantized(weight)
    if written[name].tobytes() != values.tobytes():
        wrong.append(f"{name}: values differ")
    if written[f"{name}_scale"].tobytes() != scale.tobytes():
        wrong.append(f"{name}: scales differ")
for name, x in kept.items():
    if written[name].tobytes() != x.tobytes():
        wrong.append(f"{name} is not kept")
if config["quantization_config"]["format"] != "int-quantized":
    wrong.append("config.json says another format")

print("\n".join(wrong))
sys.exit(1 if wrong else 0)
