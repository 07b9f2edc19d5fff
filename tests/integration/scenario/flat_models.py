"""safetensors and GGUF files, whole and broken, byte by byte."""

import json
import struct

import numpy

GGUF_F32 = 0
GGUF_U32, GGUF_STRING, GGUF_ARRAY = 4, 8, 9


def safetensors(entries, data, header=None):
    """`entries`: {name: (dtype, shape, (begin, end))}."""
    if header is None:
        header = json.dumps({
            name: {"dtype": dtype, "shape": shape, "data_offsets": offsets}
            for name, (dtype, shape, offsets) in entries.items()}).encode()
    return struct.pack("<Q", len(header)) + header + data


def write_safetensors(path, tensors, types=None):
    """`tensors`: {name: array}; `types` renames dtypes, as uint16 to BF16."""
    names = {"float32": "F32", "float16": "F16", "int8": "I8", "int64": "I64"}
    entries, begin = {}, 0
    for name, array in tensors.items():
        dtype = (types or {}).get(name, names.get(array.dtype.name))
        entries[name] = (dtype, list(array.shape),
                         (begin, begin + array.nbytes))
        begin += array.nbytes
    with open(path, "wb") as stream:
        stream.write(safetensors(entries, b""))
        for array in tensors.values():
            stream.write(numpy.ascontiguousarray(array).data)


def read_safetensors(path):
    """{name: (dtype, shape, bytes)} and the metadata."""
    raw = path.read_bytes()
    (length,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8:8 + length])
    metadata = header.pop("__metadata__", {})
    data = raw[8 + length:]
    return {name: (entry["dtype"], entry["shape"],
                   data[slice(*entry["data_offsets"])])
            for name, entry in header.items()}, metadata


def gguf_string(text):
    raw = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(raw)) + raw


def gguf_key(name, kind, value):
    return gguf_string(name) + struct.pack("<I", kind) + value


ARCHITECTURE = gguf_key("general.architecture", GGUF_STRING,
                        gguf_string("llama"))


def gguf_tensor(name, dims, kind=GGUF_F32, offset=0, count=None):
    return (gguf_string(name)
            + struct.pack("<I", len(dims) if count is None else count)
            + b"".join(struct.pack("<Q", d) for d in dims)
            + struct.pack("<IQ", kind, offset))


def gguf(tensors, data, keys=(ARCHITECTURE,), version=3, magic=b"GGUF",
         n_tensors=None, n_keys=None):
    head = magic + struct.pack(
        "<IQQ", version, len(tensors) if n_tensors is None else n_tensors,
        len(keys) if n_keys is None else n_keys)
    head += b"".join(keys) + b"".join(tensors)
    return head + b"\0" * (-len(head) % 32) + data


def random_weights(rows, columns, seed=1):
    return numpy.random.default_rng(seed).standard_normal(
        (rows, columns)).astype(numpy.float32)


def good_gguf(path):
    data = random_weights(64, 64).tobytes()
    path.write_bytes(gguf([gguf_tensor("blk.0.attn_q.weight", (64, 64))],
                          data))
    return path


def good_safetensors(path):
    write_safetensors(path, {
        "model.layers.0.q_proj.weight": random_weights(64, 64)})
    return path
