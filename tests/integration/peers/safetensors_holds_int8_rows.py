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

DTYPES = {"F32": numpy.float32, "F16": numpy.float16,
          "BF16": ml_dtypes.bfloat16, "I8": numpy.int8, "I64": numpy.int64}
NAMES = {numpy.dtype(dtype): name for name, dtype in DTYPES.items()}
rewrite_model = pathlib.Path(os.environ["TRIVIUM_BUILD"],
                             "bin/tests/rewrite_model")


def write(path, tensors):
    header, data = {}, b""
    for name, x in tensors.items():
        begin = len(data)
        data += x.tobytes()
        header[name] = {"dtype": NAMES[x.dtype], "shape": x.shape,
                        "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def read(path):
    """The tensors, in the order of the header; says what is out of place."""
    file = path.read_bytes()
    length = int.from_bytes(file[:8], "little")
    header = json.loads(file[8:8 + length])
    data = file[8 + length:]
    tensors, end = {}, 0
    for name, entry in header.items():
        begin, next_end = entry["data_offsets"]
        x = numpy.frombuffer(data[begin:next_end], DTYPES[entry["dtype"]])
        assert begin == end, f"{name} begins at {begin}, not {end}"
        assert (8 + length + begin) % x.dtype.itemsize == 0, name
        tensors[name], end = x.reshape(entry["shape"]), next_end
    assert end == len(data), "bytes follow the last tensor"
    return tensors


def quantized(weight):
    """compressed-tensors on a CPU: two roundings to the weight's type."""
    dtype = weight.dtype
    x = weight.astype(numpy.float32)
    absmax = numpy.abs(x).max(axis=1, keepdims=True)
    scale = (absmax / numpy.float32(127.5)).astype(dtype)
    epsilon = ml_dtypes.finfo(dtype).eps
    scale = numpy.where(scale == 0, epsilon, scale).astype(dtype)
    y = (x / scale.astype(numpy.float32)).astype(dtype).astype(numpy.float32)
    return numpy.rint(y.clip(-128, 127)).astype(numpy.int8), scale


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
