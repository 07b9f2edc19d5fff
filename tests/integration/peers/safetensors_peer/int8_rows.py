"""safetensors read and written by a few lines of numpy, and the int8 rows of
compressed-tensors (docs/formats/safetensors.md)."""

import json

import ml_dtypes
import numpy

DTYPES = {"F32": numpy.float32, "F16": numpy.float16,
          "BF16": ml_dtypes.bfloat16, "I8": numpy.int8, "I64": numpy.int64}
NAMES = {numpy.dtype(dtype): name for name, dtype in DTYPES.items()}


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
    header.pop("__metadata__", None)
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
